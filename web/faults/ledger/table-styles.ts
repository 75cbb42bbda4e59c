/** The tables of this folder: figures under one another, and a scroller of their own where the page is narrow. */
import { css } from 'lit'

export const tableStyles = css`
  .scroll {
    position: relative; /* or a label for screen readers, which is positioned, would widen the page and not this */
    max-width: 100%;
    overflow-x: auto;
    container-type: inline-size;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--size-m);
    line-height: 1.25rem;
    font-variant-numeric: tabular-nums;
  }
  caption {
    caption-side: bottom;
    padding-top: var(--gap-xs);
    color: var(--muted);
    font-size: var(--size-s);
    line-height: 1.3;
    text-align: start;
  }
  /* A caption is as wide as its table, which may be wider than what is in view: its words stay in view. */
  caption span {
    position: sticky;
    left: 0;
    display: block;
    max-width: 100cqi;
  }
  th,
  td {
    padding: 0.25rem 0 0.25rem var(--gap-m);
    border-bottom: 1px solid var(--rule);
    font-weight: 400;
    text-align: end;
    white-space: nowrap;
  }
  th:first-child {
    padding-inline-start: 0;
    text-align: start;
    /* Figures that are scrolled to stay beside what they are of. */
    position: sticky;
    left: 0;
    background: var(--surface);
  }
  thead th {
    color: var(--muted);
    font-size: var(--size-s);
  }
  tbody th {
    font-weight: 600;
  }
  tbody th span {
    display: flex;
    align-items: center;
    gap: var(--gap-s);
  }
  .alarming {
    color: var(--bad);
    font-weight: 600;
  }
`
