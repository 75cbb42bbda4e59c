import { css } from 'lit'

export const logStyles = css`
  :host {
    position: relative;
    height: var(--log-height, 16rem);
  }
  /* As high as the lane leaves it. */
  :host([compact]) {
    height: auto;
    min-height: var(--log-min, 2.5rem);
  }
  :host([compact]) .scroll {
    position: absolute;
    inset: 0;
    height: auto;
    padding: var(--gap-xs) 0;
  }
  :host([compact]) .line {
    /* Who wrote it is worth more than when, where not both have room. */
    grid-template-columns: minmax(0, max-content) minmax(0, 1fr) auto;
    padding-inline: var(--gap-s);
    line-height: 1.125rem;
  }
  /* A time is there whole or not at all: half of one would be read as another. What does not fit goes to a second line. */
  :host([compact]) time {
    height: 1.125rem;
    overflow: hidden;
    white-space: normal;
  }
  :host([compact]) time::before {
    display: inline-block;
    content: '';
  }
  :host([compact]) .traffic {
    grid-template-columns: minmax(0, 1fr) auto;
  }
  /* Of traffic, when it was said is in each line of the others too. */
  :host([compact]) .traffic :is(.author, time) {
    display: none;
  }
  :host([compact]) .traffic .text {
    grid-area: 1 / 1;
  }
  :host([compact]) .traffic .ms {
    grid-area: 1 / 2;
  }
  :host([compact]) .empty {
    padding: 0 var(--gap-s);
    font-size: var(--size-s);
  }
  .scroll {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow-y: auto;
    overscroll-behavior: contain;
    overflow-anchor: none; /* lane-log.ts sees to it, in all browsers alike */
    contain: strict;
    padding: var(--gap-s) 0;
    background: var(--sunken);
    border-block: 1px solid var(--rule);
    scrollbar-width: thin;
    scrollbar-color: var(--edge) transparent;
  }
  .scroll:focus-visible {
    outline-offset: -2px;
  }
  /* Few lines stand at the bottom, where new ones come. */
  .scroll > :first-child {
    margin-top: auto;
  }
  .empty {
    margin-bottom: auto;
    padding: 0 var(--gap-l);
    text-align: center;
    color: var(--muted);
    font-size: var(--size-m);
    line-height: 1.4;
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  .empty span {
    display: block;
  }
  .line {
    display: grid;
    grid-template-columns: 1fr auto 4.25em;
    align-items: baseline;
    column-gap: var(--gap-s);
    padding: 0.2rem var(--gap-m);
    font-size: var(--size-m);
    line-height: 1.25rem;
  }
  .who {
    display: flex;
    align-items: baseline;
    gap: 0.4em;
    min-width: 0;
    line-height: inherit;
  }
  .unsigned {
    flex: none;
    color: var(--muted);
    font-size: var(--size-s);
    font-style: italic;
  }
  .author {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-weight: 600;
    font-size: var(--size-s);
  }
  time,
  .ms {
    color: var(--muted);
    font-size: var(--size-s);
    font-variant-numeric: tabular-nums;
    text-align: right;
    white-space: nowrap;
  }
  .timed {
    color: var(--hue);
    font-weight: 600;
  }
  .own-queue {
    color: var(--muted);
    font-weight: 400;
  }
  .text {
    grid-column: 1 / -1;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    /* Each line of a text in its own direction, and nothing in it turns around what is beside it. */
    unicode-bidi: plaintext;
    text-align: start;
  }
  /* Traffic is not for reading: a line each, so that more of it is in view. */
  .traffic {
    grid-template-columns: auto minmax(0, 1fr) auto 4.25em;
    padding-block: 0.05rem;
    color: var(--muted);
  }
  .traffic .author {
    font-weight: 400;
  }
  .traffic .text {
    grid-area: 1 / 2;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--size-s);
  }
  .traffic time {
    grid-area: 1 / 3;
  }
  .traffic .ms {
    grid-area: 1 / 4;
  }
  .traffic summary {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .traffic [open] {
    grid-area: 2 / 1 / auto / -1;
    white-space: pre-wrap;
  }
  summary {
    list-style: none;
    cursor: pointer;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  .rest {
    color: var(--ink);
    text-decoration: underline;
    margin-left: 0.25em;
  }
  [open] .rest {
    display: none;
  }
  .gap {
    margin: var(--gap-xs) var(--gap-m);
    padding: 0.3rem var(--gap-s);
    border-left: 3px solid var(--bad);
    color: var(--bad);
    font-size: var(--size-s);
    line-height: 1.1rem;
    font-weight: 600;
  }
  .pending {
    margin: 0.15rem var(--gap-m);
    padding: 0.15rem var(--gap-s);
    border-left: 3px solid var(--wait);
  }
  .pending .author {
    grid-column: 1 / -1;
    color: var(--wait);
  }
  .more {
    grid-area: 1 / 4;
    min-height: 1.25rem;
    padding: 0 0.3rem;
    line-height: 1;
    color: var(--muted);
    border-color: transparent;
    background: none;
  }
  .line:has(.more) {
    grid-template-columns: 1fr auto 4.25em auto;
  }
  .changes {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: var(--gap-xs);
    padding-block: var(--gap-xs);
  }
  .changes button {
    min-height: 1.75rem;
    padding-block: 0.1rem;
    font-size: var(--size-s);
  }
  .mark,
  .gone,
  .happening,
  .size {
    color: var(--muted);
    font-size: var(--size-s);
  }
  .gone {
    font-style: italic;
  }
  .happening {
    padding: 0.2rem var(--gap-m);
  }
  .picture {
    grid-column: 1 / -1;
    display: block;
    height: 7rem;
    margin-block: var(--gap-xs);
  }
  .picture img {
    display: block;
    max-width: 100%;
    height: 100%;
    object-fit: contain;
    object-position: left;
  }
  .file {
    color: inherit;
    overflow-wrap: anywhere;
  }
  .size {
    grid-column: 2 / -1;
    text-align: right;
  }
  .earlier {
    align-self: center;
    min-height: 1.75rem;
    padding-block: 0.1rem;
    font-size: var(--size-s);
    color: var(--muted);
  }
  button.earlier {
    color: inherit;
  }
  .newest {
    position: absolute;
    bottom: var(--gap-s);
    left: 50%;
    translate: -50% 0;
    min-height: 1.75rem;
    padding-block: 0.1rem;
    font-size: var(--size-s);
  }
`
