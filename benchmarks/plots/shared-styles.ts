/**
 * What every element looks like inside. A shadow root keeps the page's style sheet out, custom properties excepted, so
 * the text of the page's own base comes in here: esbuild writes it into the bundle.
 */
import { css, unsafeCSS } from 'lit'
import base from '../../web/base.css' with { type: 'text' }

export const shared = css`
  ${unsafeCSS(base)}
  :host {
    display: block;
    box-sizing: border-box;
    min-width: 0;
  }
  :host([hidden]) {
    display: none;
  }
`
