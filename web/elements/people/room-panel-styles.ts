import { css } from 'lit'

export const panelStyles = css`
  :host {
    margin-bottom: var(--gap-m);
    padding: var(--gap-m);
    background: var(--surface);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
    font-size: var(--size-m);
  }
  /* What went wrong stands beside the heading: nothing below it moves. */
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--gap-m);
  }
  h2 {
    font-size: var(--size-l);
    line-height: 1.25rem;
    font-weight: 650;
  }
  h3 {
    font-size: var(--size-m);
    line-height: 1.25rem;
    font-weight: 650;
    overflow-wrap: anywhere;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
    gap: var(--gap-m) var(--gap-xl);
    margin-top: var(--gap-s);
  }
  section {
    max-width: 34rem;
    display: grid;
    gap: var(--gap-s);
    align-content: start;
  }
  ul {
    display: grid;
    gap: var(--gap-xs);
    list-style: none;
    max-height: 16rem;
    overflow-y: auto;
  }
  li,
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--gap-xs) var(--gap-s);
  }
  .row {
    align-items: end;
  }
  .name {
    overflow-wrap: anywhere;
  }
  li > .name,
  li > .go {
    margin-right: auto;
  }
  .go {
    white-space: normal;
    overflow-wrap: anywhere;
    text-align: left;
  }
  .go[aria-current] {
    border-color: var(--ink);
    font-weight: 650;
  }
  label {
    flex: 1 1 10rem;
    display: grid;
    gap: 0.125rem;
    min-width: 0;
    color: var(--muted);
    font-size: var(--size-s);
    line-height: 1rem;
  }
  input,
  select {
    max-width: 100%;
  }
  input[type='file'] {
    font: inherit;
  }
  input::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .problem {
    color: var(--bad);
    font-weight: 600;
  }
  .problem:empty {
    display: none;
  }
`
