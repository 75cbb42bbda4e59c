import { css } from 'lit'

export const scenarioStyles = css`
  section,
  #scenario {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap-s);
  }
  #scenario > p {
    max-width: 80ch;
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
