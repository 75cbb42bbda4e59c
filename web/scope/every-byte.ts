/**
 * `<every-byte>`: the section “Every byte” of a page. Its heading is there at once. What it shows, and the recording on
 * the server that it takes, begin when it is open and the page is ready for it, and end when it is closed.
 *
 * Fires `open`, a CustomEvent whose `detail` is whether the reader has it open.
 */
import { html, LitElement } from 'lit'
import { type Head, panel } from '../page/panel.ts'
import './lab-scope.ts'

const BYTES: Head = {
  ...{ id: 'bytes', title: 'Every byte' },
  says: 'what passes on your wires, on one axis of time, and each byte of it with what it is for',
}

export class EveryByte extends LitElement {
  static override properties = { wanted: { type: Boolean }, ready: { type: Boolean }, line: { type: Number } }
  /** Whether it is open. */
  declare wanted: boolean
  /** What is more urgent has been done: the worker that reads the bytes is a file to be fetched. */
  declare ready: boolean
  /** As {@link LabScope} has it. */
  declare line: number | undefined

  constructor() {
    super()
    this.wanted = false
    this.ready = true
    this.line = undefined
  }

  /** Without a shadow: it is a panel of the page as others are, and style.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override render() {
    return panel(BYTES, {
      isOpen: this.wanted,
      drawn: this.wanted && this.ready && html`<lab-scope brief .line=${this.line}></lab-scope>`,
      problem: null,
      onToggle: (isOpen) => this.#onToggle(isOpen),
    })
  }

  #onToggle(isOpen: boolean): void {
    if (isOpen === this.wanted) return
    this.wanted = isOpen
    this.dispatchEvent(new CustomEvent('open', { detail: isOpen }))
  }
}

customElements.define('every-byte', EveryByte)
