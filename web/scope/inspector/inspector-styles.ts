/** How `<lab-inspector>` looks: payload in one colour, overhead in another, everywhere the same. */
import { css } from 'lit'

export const inspectorStyles = css`
  :host {
    --payload: var(--series-2);
    --overhead: var(--series-1);
  }
  .empty {
    padding: var(--gap-s) 0;
    color: var(--muted);
    font-size: var(--size-m);
  }
  .title {
    font-size: var(--size-m);
    font-weight: 650;
    overflow-wrap: anywhere;
  }
  .wrong,
  strong {
    color: inherit;
  }
  .wrong,
  .note strong,
  .steps strong {
    color: var(--bad);
    font-weight: 600;
  }
  .sum {
    padding: var(--gap-s) 0;
    font-size: var(--size-m);
  }
  .sum svg {
    display: block;
    width: 100%;
    height: 0.5rem;
    margin-bottom: var(--gap-xs);
    border-radius: 2px;
  }
  rect.payload {
    fill: var(--payload);
  }
  rect.overhead {
    fill: var(--overhead);
  }
  .key {
    font-weight: 600;
  }
  .key.payload,
  .run.payload {
    color: var(--payload);
  }
  .key.overhead,
  .run.overhead {
    color: var(--overhead);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--gap-s) var(--gap-m);
    padding-bottom: var(--gap-s);
    font-size: var(--size-m);
  }
  .files {
    padding: var(--gap-s) 0 0;
  }
  .tabs,
  .copies {
    display: flex;
    flex-wrap: wrap;
    gap: var(--gap-xs);
  }
  [aria-pressed='true'] {
    border-color: var(--ink);
    font-weight: 600;
  }
  select {
    font-size: inherit;
  }
  .panes {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: var(--gap-m);
    align-items: start;
  }
  .hex,
  .notes,
  .follow,
  .text {
    max-height: 24rem;
    overflow: auto;
    border: 1px solid var(--rule);
    border-radius: var(--radius);
    background: var(--sunken);
  }
  .hex {
    padding: var(--gap-s);
    font-family: var(--code);
    font-size: var(--size-s);
    line-height: 1.5;
  }
  .hex .row {
    display: grid;
    grid-template-columns: 4.2rem 29.5em 1fr;
    white-space: pre;
  }
  .offset {
    color: var(--muted);
  }
  .bytes .run + .run::before {
    content: ' ';
  }
  .run.lit {
    background: var(--ink);
    color: var(--paper);
  }
  .notes {
    margin: 0;
    padding: 0;
    list-style: none;
    font-size: var(--size-s);
  }
  .note {
    display: grid;
    grid-template-columns: minmax(5rem, max-content) minmax(0, 1fr) max-content;
    gap: 0 var(--gap-s);
    align-items: baseline;
    padding: 0.2rem var(--gap-s);
    border-bottom: 1px solid var(--rule);
    border-left: 3px solid var(--overhead);
  }
  .note.payload {
    border-left-color: var(--payload);
  }
  .note.lit {
    background: var(--surface);
    border-left-width: 6px;
  }
  .note[data-depth='1'] {
    margin-left: 1rem;
  }
  .note[data-depth='2'] {
    margin-left: 2rem;
  }
  .note[data-depth='3'],
  .note[data-depth='4'] {
    margin-left: 3rem;
  }
  .note .name {
    min-height: 0;
    padding: 0;
    border: 0;
    background: none;
    font-size: var(--size-s);
    font-weight: 600;
    text-align: start;
  }
  .note code {
    overflow-wrap: anywhere;
    font-family: var(--code);
  }
  .note .size {
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .note .meaning {
    grid-column: 1 / -1;
    color: var(--muted);
  }
  .steps {
    margin-top: var(--gap-m);
    max-width: 42rem;
    font-size: var(--size-s);
  }
  .steps code {
    font-family: var(--code);
    overflow-wrap: anywhere;
  }
  .steps ol {
    margin: 0;
    padding-left: 1.2rem;
  }
  .steps table {
    border-collapse: collapse;
  }
  .steps th {
    padding-right: var(--gap-m);
    text-align: start;
    font-weight: 400;
    color: var(--muted);
  }
  .steps td {
    padding: 0 0.4rem;
    text-align: center;
  }
  .follow div {
    display: flex;
    gap: var(--gap-s);
    align-items: start;
    padding: var(--gap-xs) var(--gap-s);
  }
  .follow p {
    padding: var(--gap-s);
    color: var(--muted);
    font-size: var(--size-s);
  }
  .follow .toServer pre {
    color: var(--overhead);
  }
  .follow .toClient pre {
    color: var(--payload);
  }
  .follow button {
    min-height: 1.5rem;
    padding: 0 0.4rem;
  }
  pre {
    margin: 0;
    min-width: 0;
    font-family: var(--code);
    font-size: var(--size-s);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .text {
    padding: var(--gap-s);
  }
  @media (max-width: 64rem) {
    .panes {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (max-width: 40rem) {
    .hex .row {
      grid-template-columns: 3.25rem 15.25em 1fr;
    }
    .hex {
      font-size: 0.6875rem;
    }
  }
`
