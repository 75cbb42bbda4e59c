import { css } from 'lit'

/**
 * Nine rows. In a grid whose rows are shared (`subgrid`), the rows of lanes that stand side by side
 * line up, however many lines each one's words take.
 */
export const laneStyles = css`
  :host {
    display: grid;
    grid-row: span 9;
    grid-template-rows: subgrid;
    row-gap: 0;
  }
  section {
    display: grid;
    grid-row: span 9;
    grid-template-rows: subgrid;
    grid-template-columns: minmax(0, 1fr);
    background: var(--surface);
    border: 1px solid var(--rule);
    border-top: 3px solid var(--hue);
    border-radius: var(--radius);
  }
  /* As high as a lane, or nearly: what is below does not jump, and is not taken for what is in sight. */
  .to-come {
    grid-row: span 9;
    min-height: 36rem;
  }
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: var(--gap-s);
    padding: var(--gap-s) var(--gap-m) 0;
  }
  header button {
    min-height: 1.75rem;
    padding: 0.1rem 0.5rem;
    font-size: var(--size-s);
  }
  h2 {
    display: flex;
    align-items: center;
    gap: var(--gap-s);
    font-size: var(--size-l);
    line-height: 1.25rem;
    font-weight: 650;
  }
  .idea,
  .watch,
  .no-slider {
    font-size: var(--size-m);
    line-height: 1.3;
    color: var(--muted);
  }
  .idea {
    padding: var(--gap-xs) var(--gap-m) var(--gap-s);
    color: var(--ink);
  }
  .sliders {
    padding: 0 var(--gap-m) var(--gap-s);
    align-self: end;
  }
  .no-slider {
    font-size: var(--size-s);
    padding-bottom: 0.2rem;
  }
  .choice {
    min-height: 2.1rem; /* two lines, so that less moves when others were tried */
    padding-bottom: var(--gap-xs);
    font-size: var(--size-s);
    line-height: 1.05rem;
    overflow-wrap: anywhere;
  }
  lane-state {
    padding: 0 var(--gap-m) var(--gap-xs);
  }
  .watch {
    padding: var(--gap-s) var(--gap-m);
    border-top: 1px solid var(--rule);
    font-size: var(--size-s);
    line-height: 1.4;
  }
  .failed {
    grid-row: span 9;
    padding: var(--gap-m);
    border-left: 3px solid var(--bad);
    background: var(--surface);
    font-size: var(--size-m);
  }
  .watch b {
    color: var(--ink);
  }

  /* Seven rows: without what it does and what to watch, which come back with its words. */
  :host([compact]:not([words])),
  :host([compact]:not([words])) section {
    grid-row: span 7;
  }
  :host([compact]:not([words])) .idea,
  :host([compact]:not([words])) .watch,
  :host([compact]) .no-slider {
    display: none;
  }
  :host([compact]) .to-come {
    min-height: 12rem;
  }
  :host([compact]) header {
    gap: var(--gap-xs);
    padding: var(--gap-xs) var(--gap-xs) 0 var(--gap-s);
  }
  :host([compact]:not([labelled])) header button {
    flex: none;
    display: grid;
    place-items: center;
    width: 1.5rem;
    min-height: 1.5rem; /* a target of 24 px (WCAG 2.2, 2.5.8) */
    padding: 0;
  }
  header svg:not(.swatch) {
    width: 1rem;
    height: 1rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
  }
  :host([compact]) h2 {
    gap: var(--gap-xs);
    min-width: 0;
    font-size: var(--size-m);
    white-space: nowrap;
  }
  :host([compact]) h2 span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  :host([compact]) header {
    container-type: inline-size;
  }
  /* Its colour is on its border, too: where it is narrow, the name has the room. */
  @container (width < 12rem) {
    :host([compact]) h2 svg {
      display: none;
    }
  }
  :host([compact]) h2 svg {
    width: 1.375rem;
  }
  :host([compact]) .idea,
  :host([compact]) .watch {
    padding-inline: var(--gap-s);
    font-size: var(--size-s);
  }
  :host([compact]) .sliders {
    padding: var(--gap-xs) var(--gap-s) 0;
    align-self: start;
  }
  :host([compact]) .choice {
    min-height: 0;
    padding: 0;
  }
  :host([compact]) lane-state {
    padding: 0 var(--gap-s) var(--gap-xs);
  }
  /* For a projector. */
  :host([large]),
  :host([large]) section {
    grid-row: span 4;
  }
  /* Its colour is on its border: the name has the room. */
  :host([large][compact]) :is(.sliders, lane-here, lane-composer, header button, h2 svg) {
    display: none;
  }
  :host([large][compact]) header {
    padding-inline: var(--gap-xs);
  }
  :host([large][compact]) h2 {
    font-size: var(--size-s);
    font-weight: 500; /* narrower: the longest name fits a seventh of a projector's page */
  }
`
