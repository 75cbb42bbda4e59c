import { css } from 'lit'

/** For the panel, and for what opens in it. */
export const panelStyles = css`
  section {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--gap-s) var(--gap-m);
    font-size: var(--size-m);
    line-height: 1.25rem;
  }
  :host([compact]) section {
    font-size: var(--size-s);
  }
  @media (min-width: 64rem) {
    :host([compact]) section {
      justify-content: end;
    }
  }
  :host([compact]) .buttons button {
    min-height: 1.75rem;
    padding-block: 0;
    font-size: var(--size-s);
  }
  .who {
    min-width: 0;
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .who b {
    color: var(--ink);
    font-weight: 600;
  }
  .on {
    color: var(--good);
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: var(--gap-s);
  }
  /* Below what it is about and over what follows: nothing on the page moves. */
  :host {
    position: relative;
  }
  .over {
    position: absolute;
    z-index: 5;
    top: 100%;
    left: 0;
    display: flex;
    align-items: center;
    gap: var(--gap-s);
    max-width: min(100%, 34rem);
    padding: var(--gap-xs) var(--gap-s);
    color: var(--bad);
    background: var(--surface);
    border: 1px solid var(--bad);
    border-radius: var(--radius);
    font-size: var(--size-s);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .over button {
    flex: none;
    min-height: 1.5rem; /* a target of 24 px (WCAG 2.2, 2.5.8) */
    padding: 0 0.5rem;
    font-size: var(--size-s);
    font-weight: 400;
  }
  .over[hidden] {
    display: none;
  }
  .section {
    flex-basis: 100%;
    padding: var(--gap-m);
    background: var(--surface);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
  }
  form {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: var(--gap-s) var(--gap-m);
  }
  label {
    display: grid;
    flex: 0 1 14rem;
    gap: 0.125rem;
    min-width: 0;
    color: var(--muted);
    font-size: var(--size-s);
    line-height: 1rem;
  }
  input:not([type='checkbox']) {
    width: 100%;
  }
  .hint {
    flex-basis: 100%;
    max-width: 60ch;
    color: var(--muted);
    font-size: var(--size-s);
  }
  @media (max-width: 40rem) {
    label {
      flex-basis: 100%;
    }
  }
`
