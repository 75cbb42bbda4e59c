/** What the panels of this folder have in common, and what a fault looks like that is on, on its lane and in the panel. */
import { css } from 'lit'

export const panelStyles = css`
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
`

export const bannerStyles = css`
  .active {
    display: flex;
    flex-wrap: var(--banner-wrap, wrap);
    align-items: center;
    gap: 0 var(--gap-s);
    padding: var(--gap-xs) var(--gap-s);
    color: var(--bad);
    border: 2px solid var(--bad);
    border-inline-start-width: 0.5rem;
    border-radius: var(--radius);
  }
`

/** The same on a lane, which is narrow. */
export const laneBannerStyles = css`
  p {
    margin: 0 var(--gap-m) var(--gap-xs);
  }
  .active {
    font-size: var(--size-m);
  }
  .active strong {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  button {
    display: var(--banner-button, inline-block);
    margin-inline-start: auto;
    min-height: 1.5rem;
    padding: 0 0.5rem;
    font-size: var(--size-s);
  }
`
