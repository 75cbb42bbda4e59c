/**
 * `<every-byte>`: the section “Every byte” of a page. Its heading is there at once; what it shows, and the recording on
 * the server that it takes, begin when a reader opens it and end when it is closed.
 */
import { html, LitElement, nothing } from 'lit'

type State = 'closed' | 'fetching' | 'open' | 'failed'

export class EveryByte extends LitElement {
  static override properties = { state: { state: true } }
  declare state: State

  constructor() {
    super()
    this.state = 'closed'
  }

  /** Without a shadow: it is a panel of the page as others are, and style.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override render() {
    const { state } = this
    return html`<details class="panel" id="bytes" @toggle=${this.#onToggle}>
      <summary><b>Every byte</b> <span>what passes on your wires, on one axis of time, and each byte of it with what it is for</span></summary>
      ${state === 'open' ? html`<lab-scope></lab-scope>` : html`<p role="status">${IN_WORDS[state] || nothing}</p>`}
    </details>`
  }

  async #onToggle({ target }: Event): Promise<void> {
    const details = target as HTMLDetailsElement
    if (!details.open) {
      this.state = 'closed'
      return
    }
    if (this.state === 'fetching') return
    this.state = 'fetching'
    try {
      await import('./lab-scope.ts')
      this.state = details.open ? 'open' : 'closed'
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
