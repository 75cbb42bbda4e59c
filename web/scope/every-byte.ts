/**
 * `<every-byte>`: the section “Every byte” of a page. Its heading is there at once. What it shows, and the recording on
 * the server that it takes, begin when it is open and the page is ready for it, and end when it is closed.
 *
 * Fires `open`, a CustomEvent whose `detail` is whether the reader has it open.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit'

type State = 'closed' | 'fetching' | 'open' | 'failed'

export class EveryByte extends LitElement {
  static override properties = {
    wanted: { type: Boolean },
    ready: { type: Boolean },
    line: { type: Number },
    state: { state: true },
  }
  /** Whether it is open. */
  declare wanted: boolean
  /** What is more urgent has been fetched. */
  declare ready: boolean
  /** As {@link LabScope} has it. */
  declare line: number | undefined
  declare state: State

  constructor() {
    super()
    this.wanted = false
    this.ready = true
    this.line = undefined
    this.state = 'closed'
  }

  /** Without a shadow: it is a panel of the page as others are, and style.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('wanted') || changed.has('ready')) void this.#fetch()
  }

  override render() {
    const { state } = this
    return html`<details class="panel" id="bytes" ?open=${this.wanted} @toggle=${this.#onToggle}>
      <summary><b>Every byte</b> <span>what passes on your wires, on one axis of time, and each byte of it with what it is for</span></summary>
      ${
        state === 'open'
          ? html`<lab-scope brief .line=${this.line}></lab-scope>`
          : html`<p role="status">${IN_WORDS[state] || nothing}</p>`
      }
    </details>`
  }

  #onToggle({ target }: Event): void {
    const { open } = target as HTMLDetailsElement
    if (open === this.wanted) return
    this.wanted = open
    this.dispatchEvent(new CustomEvent('open', { detail: open }))
  }

  async #fetch(): Promise<void> {
    if (!this.wanted) this.state = 'closed'
    if (!this.wanted || !this.ready || this.state === 'fetching') return
    this.state = 'fetching'
    try {
      await import('./lab-scope.ts')
      this.state = this.wanted ? 'open' : 'closed'
    } catch {
      this.state = 'failed'
    }
  }
}

const IN_WORDS: Readonly<Record<State, string>> = {
  closed: '',
  fetching: 'Fetching…',
  open: '',
  failed: 'It could not be loaded. Is the server running?',
}

customElements.define('every-byte', EveryByte)
