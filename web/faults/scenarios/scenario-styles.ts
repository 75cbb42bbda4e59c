import { css } from 'lit'

export const scenarioStyles = css`
  section,
  #scenario {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap-s);
  }
  section {
    padding: var(--gap-s) var(--gap-m) var(--gap-m);
    background: var(--surface);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
    font-size: var(--size-m);
  }
  #scenario > p {
    max-width: 80ch;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--gap-xs) var(--gap-s);
  }
  button {
    min-height: 1.75rem;
    padding: 0.1rem 0.6rem;
    font-size: var(--size-s);
  }
  button[aria-expanded='true'] {
    border-color: var(--ink);
    box-shadow: inset 0 -2px var(--ink);
  }
  fieldset {
    display: grid;
    gap: var(--gap-xs);
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 var(--gap-xs);
    font-weight: 650;
  }
  fieldset label {
    display: flex;
    align-items: baseline;
    gap: var(--gap-s);
    min-height: 1.5rem;
  }
  input {
    accent-color: var(--accent);
  }
  .right {
    color: var(--good);
    font-weight: 600;
  }
  .wrong {
    color: var(--muted);
    text-decoration: line-through;
  }
  .note {
    color: var(--muted);
  }
  .verdict {
    display: grid;
    gap: var(--gap-s);
    padding-top: var(--gap-s);
    border-top: 1px solid var(--rule);
  }
  .verdict p {
    max-width: 80ch;
  }
`
