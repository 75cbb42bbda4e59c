/**
 * `<every-byte>`: the section “Every byte” of a page. Its heading is there at once. What it shows, and the recording on
 * the server that it takes, begin when it is open and the page is ready for it, and end when it is closed.
 *
 * Fires `open`, a CustomEvent whose `detail` is whether the reader has it open; from its timeline comes `look`, with a {@link Look}.
 */
import { html, LitElement } from 'lit'
import { panel } from '../page/panel.ts'
import './lab-scope.ts'
import { type Look, USUAL_LOOK } from './timeline/view.ts'

export class EveryByte extends LitElement {
  static override properties = {
    wanted: { type: Boolean },
    ready: { type: Boolean },
    line: { type: Number },
    scale: { type: Number },
    look: { attribute: false },
  }
  /** Whether it is open. */
  declare wanted: boolean
  /** What is more urgent has been done: the worker that reads the bytes is a file to be fetched. */
  declare ready: boolean
  /** As {@link LabScope} has it. */
  declare line: number | undefined
  declare scale: number
  declare look: Look

  constructor() {
    super()
    this.wanted = false
    this.ready = true
    this.line = undefined
    this.scale = 1
    this.look = USUAL_LOOK
  }

  /** Without a shadow: it is a panel of the page as others are, and style.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override render() {
    const { line, scale, look } = this
    const isShown = this.wanted && this.ready
    return panel('bytes', {
      isOpen: this.wanted,
      drawn: isShown && html`<lab-scope brief .line=${line} .scale=${scale} .look=${look}></lab-scope>`,
      problem: null,
      onToggle: this.#onToggle,
    })
  }

  readonly #onToggle = (isOpen: boolean) => {
    if (isOpen === this.wanted) return
    this.wanted = isOpen
    this.dispatchEvent(new CustomEvent('open', { detail: isOpen }))
  }
}

customElements.define('every-byte', EveryByte)
