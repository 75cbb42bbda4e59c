import { css } from 'lit'

export const composerStyles = css`
  section,
  .piece,
  .answer {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap-s);
  }
  .piece {
    margin: 0;
    padding: var(--gap-s);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
  }
  legend {
    padding: 0 var(--gap-xs);
    font-weight: 650;
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-xs);
    min-height: 1.5rem;
  }
  textarea {
    width: 100%;
    min-height: 5rem;
    font-family: var(--mono, ui-monospace, monospace);
    font-size: var(--size-s);
    resize: vertical;
  }
  input[type='number'] {
    width: 6rem;
  }
  .key {
    width: 7rem;
    font-family: var(--mono, ui-monospace, monospace);
  }
  input[type='checkbox'] {
    accent-color: var(--accent);
  }
  .problem {
    color: var(--bad);
  }
  .problem:empty {
    display: none;
  }
  .marks {
    display: grid;
    gap: 2px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .marks button {
    width: 100%;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .marks .wrong {
    color: var(--bad);
  }
`
