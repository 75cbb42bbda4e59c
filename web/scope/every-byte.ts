/**
 * `<every-byte>`: the section “Every byte” of a page. Its heading is there at once. What it shows, and the recording on
 * the server that it takes, begin when it is open and the page is ready for it, and end when it is closed.
 *
 * Fires `open`, a CustomEvent whose `detail` is whether the reader has it open; from its timeline comes `look`, with a {@link Look}.
 */
import { html, LitElement, nothing } from 'lit'
import { PANEL_HEADS } from '../page/panel-heads.ts'
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
    const { title, says } = PANEL_HEADS.bytes
    return html`<details class="panel" id="bytes" ?open=${this.wanted} @toggle=${this.#onToggle}>
      <summary><b>${title}</b> <span>${says}</span></summary>
      ${this.wanted && this.ready ? html`<lab-scope brief .line=${this.line} .scale=${this.scale} .look=${this.look}></lab-scope>` : nothing}
    </details>`
  }

  #onToggle({ target }: Event): void {
    const { open } = target as HTMLDetailsElement
    if (open === this.wanted) return
    this.wanted = open
    this.dispatchEvent(new CustomEvent('open', { detail: open }))
  }
}

customElements.define('every-byte', EveryByte)
