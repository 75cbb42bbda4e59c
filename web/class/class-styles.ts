import { css } from 'lit'

export const classStyles = css`
  .note {
    color: var(--muted);
  }
  .words {
    text-align: start;
  }
  p {
    max-width: 80ch;
  }
  .problem {
    color: var(--bad);
    font-weight: 600;
  }
  .problem:empty {
    display: none;
  }
  code {
    padding: var(--gap-xs) var(--gap-s);
    overflow-wrap: anywhere;
    background: var(--sunken);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
    font-size: var(--size-s);
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-xs);
    min-height: 1.5rem;
  }
`
