import { css } from 'lit'

export const breakStyles = css`
  .row {
    /* it may be a fieldset */
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
  /* Beside other things that are to be in view: all switches, close together. */
  :host([brief]) section {
    gap: var(--gap-xs);
    padding: var(--gap-xs) var(--gap-s) var(--gap-s);
    border: 0;
  }
  :host([brief]) .row {
    gap: 0.125rem var(--gap-s);
    font-size: var(--size-s);
  }
  :host([brief]) .label {
    min-width: 0;
  }
  :host([brief]) .row > button {
    min-height: 1.5rem; /* a target of 24 px (WCAG 2.2, 2.5.8) */
    padding: 0 0.4rem;
  }
  :host([brief]) .swatch {
    width: 1.25rem;
  }
  :host([brief]) .settings {
    gap: var(--gap-xs) var(--gap-l);
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
  .linked {
    display: grid;
    gap: var(--gap-xs);
    padding: var(--gap-xs) var(--gap-s);
    background: var(--sunken);
    border: 1px solid var(--edge);
    border-left: 3px solid var(--wait);
    border-radius: var(--radius);
    font-size: var(--size-m);
  }
  .linked ul {
    padding-inline-start: 1.25rem;
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
    font-variant-numeric: tabular-nums;
  }
`
