import { css } from 'lit'

export const transportChooserStyles = css`
  :host {
    color: var(--ink);
    font-family: var(--text);
    font-size: var(--size-m);
    line-height: 1.4;
  }
  .exact {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5rem), 1fr));
    gap: var(--gap-s) var(--gap-m);
    padding: var(--gap-m) 0;
  }
  .field {
    display: grid;
    align-content: start;
    gap: 0.125rem;
    font-size: var(--size-s);
  }
  .field small {
    font-size: inherit;
    color: var(--muted);
  }
  label {
    font-weight: 600;
  }
  .field input {
    font-size: var(--size-l);
    font-variant-numeric: tabular-nums;
    width: 100%;
    height: 2.25rem;
  }
  input::placeholder {
    color: var(--muted);
    opacity: 1;
    font-size: var(--size-m);
  }
  input[aria-invalid='true'] {
    border-color: var(--bad);
  }
  #wrong {
    grid-column: 1 / -1;
    color: var(--bad);
    font-size: var(--size-s);
    font-weight: 600;
  }
  #wrong:empty {
    display: none;
  }
  .words {
    margin: var(--gap-xs) 0 0;
    padding: 0 0 0 1.1rem;
    max-width: 75ch;
  }
  p.words {
    padding: 0;
  }
  .all {
    max-width: 90ch;
    padding-bottom: var(--gap-m);
  }
  .scroll {
    position: relative;
    overflow-x: auto;
    max-width: 100%;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
    line-height: 1.25rem;
  }
  caption {
    text-align: left;
    padding-bottom: var(--gap-xs);
    font-size: var(--size-s);
    color: var(--muted);
  }
  th,
  td {
    padding: 0.4rem 0 0.4rem var(--gap-m);
    text-align: right;
    vertical-align: top;
    font-weight: 400;
    white-space: nowrap;
    border-bottom: 1px solid var(--rule);
  }
  th:first-child {
    padding-left: 0;
    text-align: left;
    position: sticky;
    left: 0;
    background: var(--plot-ground, var(--surface));
  }
  thead th {
    font-size: var(--size-s);
    color: var(--muted);
    vertical-align: bottom;
  }
  tbody th,
  td b {
    font-weight: 600;
  }
  td small,
  th small {
    display: block;
    font-size: var(--size-s);
    font-weight: 400;
    line-height: 1rem;
    color: var(--muted);
  }
  small.good {
    color: var(--good);
  }
  small.bad {
    color: var(--bad);
  }
  .remarks {
    padding-top: var(--gap-s);
  }
  .remarks {
    font-size: var(--size-s);
    color: var(--muted);
  }
  .beyond {
    color: var(--wait);
  }
  .none,
  .absent {
    color: var(--muted);
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
    gap: var(--gap-l) var(--gap-xl);
    padding: var(--gap-l) 0;
  }
  figure {
    min-width: 0;
  }
  figcaption {
    font-weight: 600;
    padding-bottom: var(--gap-s);
  }
  figure .scroll {
    margin-top: var(--gap-m);
  }
  figure table {
    font-size: var(--size-s);
  }
  summary {
    cursor: pointer;
    font-weight: 600;
    padding: var(--gap-xs) 0;
    width: fit-content;
  }
  details ul {
    max-width: 80ch;
    padding-left: 1.1rem;
    margin: var(--gap-s) 0;
  }
  h3 {
    font-size: var(--size-m);
    margin-top: var(--gap-m);
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: var(--gap-xs) var(--gap-m);
    margin: var(--gap-xs) 0 0;
  }
  dt {
    color: var(--muted);
  }
  dd {
    overflow-wrap: anywhere;
  }
  em {
    color: var(--wait);
    font-style: normal;
  }
  @media print {
    .scroll {
      overflow: visible;
    }
    table,
    td small,
    th small {
      font-size: 0.625rem;
    }
    th,
    td {
      padding-left: 0.3rem;
      white-space: normal;
    }
    figure,
    tr {
      break-inside: avoid;
    }
  }
  @media (max-width: 40rem) {
    .exact {
      grid-template-columns: 1fr 1fr;
    }
    th,
    td {
      padding-left: var(--gap-s);
    }
    dl {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
    dd {
      padding-bottom: var(--gap-s);
    }
  }
`
