/** How `<lab-timeline>` looks, the canvas aside. */
import { css } from 'lit'

export const timelineStyles = css`
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--gap-s);
    margin-bottom: var(--gap-s);
    font-size: var(--size-m);
  }
  .bar label {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-xs);
    min-height: 2rem;
  }
  .pair {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-xs);
    font-variant-numeric: tabular-nums;
  }
  .pair > span {
    min-width: 3.2rem;
    text-align: center;
  }
  .pair button {
    min-width: 2rem;
  }
  input[type='search'] {
    width: 11rem;
    font-size: inherit;
  }
  .found {
    color: var(--muted);
  }
  .status {
    padding: var(--gap-s);
    color: var(--muted);
    font-size: var(--size-m);
  }
  .plot {
    display: grid;
    grid-template-columns: 9.5rem minmax(0, 1fr);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
    overflow: hidden;
    min-height: 3rem;
  }
  .names {
    border-right: 1px solid var(--rule);
    font-size: var(--size-s);
  }
  .name {
    display: flex;
    align-items: center;
    gap: var(--gap-xs);
    padding: 0 var(--gap-s);
    overflow: hidden;
    white-space: nowrap;
  }
  .name span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .canvas {
    min-width: 0;
    cursor: crosshair;
  }
  .canvas:focus-visible {
    outline-offset: -2px;
  }
  canvas {
    display: block;
    width: 100%;
  }
  .words {
    min-height: 2.8em;
    padding: var(--gap-xs) 0;
    color: var(--muted);
    font-size: var(--size-s);
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .table {
    max-height: 20rem;
    overflow: auto;
    border: 1px solid var(--rule);
    border-radius: var(--radius);
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--size-s);
  }
  caption {
    padding: var(--gap-xs) var(--gap-s);
    text-align: start;
    color: var(--muted);
  }
  th,
  td {
    padding: 0.2rem var(--gap-s);
    text-align: start;
    vertical-align: top;
    border-top: 1px solid var(--rule);
    font-weight: 400;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  thead th {
    position: sticky;
    top: 0;
    background: var(--surface);
    font-weight: 600;
  }
  /* What opens a row stays in view where the table is wider than the page. */
  tbody td:last-child {
    position: sticky;
    right: 0;
    background: var(--paper);
  }
  .number {
    text-align: end;
  }
  td strong {
    color: var(--bad);
    font-weight: 600;
    white-space: normal;
  }
  td button {
    font-size: var(--size-s);
    min-height: 1.5rem;
    padding: 0 var(--gap-s);
  }
  /* Where it is one of several things in view, and what stands beside its bar is another's. */
  :host([brief]) .bar {
    margin-bottom: var(--gap-xs);
    padding-inline-end: var(--bar-end, 0);
    font-size: var(--size-s);
    gap: var(--gap-xs) 0.375rem;
  }
  :host([brief]) .bar input[type='search'] {
    width: 7.5rem;
  }
  :host([brief]) .pair > span {
    min-width: 2.75rem;
  }
  :host([brief]) .bar button {
    padding-inline: 0.5rem;
  }
  :host([brief]) .bar button,
  :host([brief]) .bar input[type='search'] {
    min-height: 1.75rem;
    height: 1.75rem;
    padding-block: 0;
    font-size: var(--size-s);
  }
  :host([brief]) .bar label {
    min-height: 1.75rem;
  }
  :host([brief]) .status {
    padding: 0 0 var(--gap-xs);
    font-size: var(--size-s);
  }
  :host([brief]) .plot {
    grid-template-columns: 9.25rem minmax(0, 1fr);
    background: var(--surface);
  }
  :host([brief]) .words {
    min-height: 1.3em;
    max-height: 2.8em;
    padding: 0.125rem 0 0;
    overflow: hidden;
    line-height: 1.3;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  @media (max-height: 50rem) and (min-width: 64rem) {
    :host([brief]) .words {
      max-height: 1.4em;
      -webkit-line-clamp: 1;
    }
  }
  /* For a projector: what is explained is what is read, and what only its reader uses is left out. */
  :host([large]) :is(.search, .bar > label) {
    display: none;
  }
  :host([large]) .plot {
    grid-template-columns: 10rem minmax(0, 1fr);
  }
  :host([large]) .words {
    -webkit-line-clamp: 2;
    min-height: 2.6em;
    max-height: 2.6em;
    color: var(--ink);
    font-size: 1.125rem;
  }
  @media (max-width: 40rem) {
    .plot,
    :host([brief]) .plot {
      grid-template-columns: 6.75rem minmax(0, 1fr);
    }
    /* As high whatever it says: what is below does not move under a finger. */
    :host([brief]) .words {
      min-height: 2.8em;
    }
    :host([brief]) .bar button {
      padding-inline: 0.375rem;
    }
    .name {
      padding: 0 var(--gap-xs);
    }
    .name svg {
      display: none;
    }
    .search,
    input[type='search'] {
      flex: 1 1 8rem;
      width: auto;
    }
  }
`
