import { css } from 'lit'

export const breakStyles = css`
  section {
    display: grid;
    gap: var(--gap-s);
    padding: var(--gap-s) var(--gap-m) var(--gap-m);
    background: var(--surface);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
    font-size: var(--size-m);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--gap-xs) var(--gap-s);
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .label {
    float: left; /* a legend stands in the row only so */
    min-width: 8rem;
    padding: 0;
    color: var(--muted);
    font-size: var(--size-s);
  }
  .settings {
    gap: var(--gap-s) var(--gap-xl);
    padding-top: var(--gap-s);
    border-top: 1px solid var(--rule);
  }
  .settings lab-slider {
    flex: 0 1 20rem;
  }
  .row label {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-xs);
    min-height: 1.5rem;
  }
  input[type='checkbox'] {
    width: 1rem;
    height: 1rem;
    margin: 0;
    accent-color: var(--accent);
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
  button.off {
    color: var(--muted);
    border-style: dashed;
  }
  .note {
    color: var(--muted);
  }
  .problem {
    color: var(--bad);
    font-weight: 600;
  }
  .problem:empty,
  .active-list:not(:has(*)) {
    display: none;
  }
  .active-list {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--gap-s);
  }
  .active {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--gap-s);
    padding: var(--gap-xs) var(--gap-s);
    color: var(--bad);
    border: 2px solid var(--bad);
    border-inline-start-width: 0.5rem;
    border-radius: var(--radius);
    font-variant-numeric: tabular-nums;
  }
`
