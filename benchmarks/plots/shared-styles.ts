/** What every element looks like inside. A shadow root keeps the page's style sheet out, custom properties excepted. */
import { css } from 'lit'

export const shared = css`
  :host {
    display: block;
    box-sizing: border-box;
    min-width: 0;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  dl,
  dd,
  ol,
  figure {
    margin: 0;
    padding: 0;
  }
  :focus-visible {
    outline: 2px solid var(--ink);
    outline-offset: 2px;
  }
  button {
    font: inherit;
    font-size: var(--size-m);
    line-height: 1.25rem;
    min-height: 2rem;
    padding: 0.25rem 0.75rem;
    color: var(--ink);
    background: var(--surface);
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    cursor: pointer;
    white-space: nowrap;
  }
  button:hover {
    border-color: var(--ink);
  }
  button.main {
    color: var(--on-accent);
    background: var(--accent);
    border-color: var(--accent);
    font-weight: 600;
  }
  button:disabled {
    color: var(--muted);
    cursor: not-allowed;
  }
  .sr-only {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: no-preference) {
    button {
      transition: border-color 0.1s;
    }
  }
`
