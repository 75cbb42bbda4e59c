import { css } from 'lit'

export const pitfallStyles = css`
  section {
    grid-template-columns: minmax(0, 1fr);
  }
  .row label {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-xs);
    min-height: 1.75rem;
  }
  select,
  input {
    font-size: var(--size-s);
  }
  button.on {
    color: var(--bad);
    border-color: var(--bad);
    font-weight: 600;
  }
  .detail {
    display: grid;
    gap: var(--gap-s);
    padding: var(--gap-s) var(--gap-m);
    background: var(--sunken);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
  }
  .detail[hidden],
  .problem:empty,
  .active-list:not(:has(*)) {
    display: none;
  }
  .active-list {
    display: grid;
    gap: var(--gap-xs);
  }
  .active {
    border-style: dashed;
    border-inline-start-style: solid;
  }
  .active button {
    margin-inline-start: auto;
  }
  .note {
    color: var(--muted);
  }
  .problem {
    color: var(--bad);
    font-weight: 600;
  }
  .detail p {
    max-width: 80ch;
  }
  a {
    color: inherit;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: var(--gap-xs) var(--gap-m);
  }
  dt {
    color: var(--muted);
  }
  dd {
    overflow-wrap: anywhere;
  }
  code {
    font-size: var(--size-s);
  }
  @media (max-width: 34rem) {
    dl {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
