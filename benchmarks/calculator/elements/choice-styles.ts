import { css } from 'lit'

export const choiceStyles = css`
  .answered {
    display: grid;
    grid-template-columns: minmax(15rem, 19rem) minmax(0, 1fr);
    gap: var(--gap-l) var(--gap-xl);
    padding-bottom: var(--gap-l);
  }
  .inputs {
    display: grid;
    align-content: start;
    gap: var(--gap-m);
  }
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 var(--gap-xs);
    font-weight: 600;
  }
  .scenarios {
    display: flex;
    flex-wrap: wrap;
    gap: var(--gap-xs);
  }
  .scenarios label {
    position: relative;
    font-weight: 400;
  }
  .scenarios input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .scenarios span {
    display: block;
    padding: 0.25rem 0.75rem;
    line-height: 1.375rem;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .scenarios :checked + span {
    color: var(--on-accent);
    background: var(--accent);
    border-color: var(--accent);
  }
  .scenarios :focus-visible + span {
    outline: 2px solid var(--ink);
    outline-offset: 2px;
  }
  .scenarios p {
    flex-basis: 100%;
    min-height: 2.8em;
    color: var(--muted);
    font-size: var(--size-s);
  }
  .slider {
    display: grid;
    grid-template-columns: 1fr auto;
    column-gap: var(--gap-s);
  }
  .slider output {
    font-weight: 400;
    font-variant-numeric: tabular-nums;
  }
  .slider input {
    grid-column: 1 / -1;
    width: 100%;
    min-width: 0;
    height: 1.5rem;
    margin: 0;
    accent-color: var(--accent);
    cursor: pointer;
  }
  .tick {
    display: flex;
    align-items: start;
    gap: var(--gap-s);
    min-height: 1.5rem;
    font-weight: 400;
  }
  .tick input {
    flex: none;
    width: 1.125rem;
    height: 1.125rem;
    margin: 0.0625rem 0 0;
    accent-color: var(--accent);
  }
  .answer {
    display: grid;
    align-content: start;
    gap: var(--gap-m);
    min-width: 0;
  }
  .sentence {
    max-width: 40ch;
    font-size: clamp(1.25rem, 1rem + 1.2vw, 1.75rem);
    line-height: 1.25;
    font-weight: 600;
    letter-spacing: -0.01em;
    text-wrap: pretty;
  }
  .answer [role='status'] {
    display: grid;
    gap: var(--gap-s);
    padding: 0;
  }
  .shows {
    display: flex;
    flex-wrap: wrap;
    gap: var(--gap-xs) var(--gap-l);
  }
  .choices {
    display: grid;
    gap: var(--gap-s);
    list-style: none;
  }
  .choices li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 22rem);
    gap: 0 var(--gap-m);
    align-items: center;
    padding-bottom: var(--gap-s);
    border-bottom: 1px solid var(--rule);
  }
  .bar {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 7.5rem;
    gap: var(--gap-s);
    align-items: center;
    font-variant-numeric: tabular-nums;
  }
  .bar span {
    grid-column: 2;
    white-space: nowrap;
  }
  .amount {
    width: 100%;
    background: var(--sunken);
    overflow: visible;
  }
  .amount rect {
    fill: currentColor;
    opacity: 0.55;
  }
  .amount line {
    stroke: var(--ink);
    stroke-width: 1.5;
  }
  .lit {
    padding-top: var(--gap-s);
  }
  @media (max-width: 60rem) {
    .choices li {
      grid-template-columns: minmax(0, 1fr);
      gap: 0.125rem;
    }
  }
  @media (max-width: 45rem) {
    .answered {
      grid-template-columns: minmax(0, 1fr);
    }
    .scenarios span {
      padding: 0.25rem 0.5rem;
    }
    .scenarios p {
      min-height: 0;
    }
  }
`
