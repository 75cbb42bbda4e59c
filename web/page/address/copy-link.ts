/** `<copy-link>`: copies the link to the page as it is set, shows it, and says what is in it. */
import { html, LitElement, nothing } from 'lit'
import { copiedInWords, copyOrSelect } from '../../elements/copy.ts'
import { besideLink, inLink, linkTo } from './link.ts'
import type { LabSettings } from './settings.ts'

export class CopyLink extends LitElement {
  static override properties = {
    settings: { attribute: false },
    home: { type: String },
    said: { state: true },
  }
  /** As the page is set now. */
  declare settings: () => Readonly<LabSettings>
  /** The reader's own room. */
  declare home: string
  /** What became of it; null while the card is closed. */
  declare said: string | null

  constructor() {
    super()
    this.said = null
  }

  /** Without a shadow: it is a part of the page, and style.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override render() {
    const isOpen = this.said !== null
    return html`<button
        id="copy-link"
        aria-expanded=${isOpen}
        aria-controls="link-card"
        title="The whole setting of this page: room, lanes, panels, sliders, timeline, faults"
        @click=${this.#copy}
      >Copy link</button>
      <div id="link-card" class="link-card" role="status" ?hidden=${!isOpen} @keydown=${this.#onKey}>
        ${isOpen ? this.#card() : nothing}
      </div>`
  }

  #card() {
    const settings = this.settings()
    const { home } = this
    return html`<p><b>${this.said}.</b> In it: ${inLink(settings, home).join('; ')}. All else is as usual.</p>
      <code tabindex="0">${linkTo(`${location.origin}${location.pathname}`, settings, home)}</code>
      ${besideLink(settings, home, location.hostname).map((sentence) => html`<p>${sentence}</p>`)}
      <button @click=${this.#close} aria-label="Close the link">Close</button>`
  }

  async #copy(): Promise<void> {
    this.said = 'This is the link'
    await this.updateComplete
    const code = this.querySelector('code')
    if (code) this.said = copiedInWords(await copyOrSelect(code))
  }

  #close(): void {
    this.said = null
    this.querySelector<HTMLElement>('#copy-link')?.focus()
  }

  readonly #onKey = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') this.#close()
  }
}

customElements.define('copy-link', CopyLink)
