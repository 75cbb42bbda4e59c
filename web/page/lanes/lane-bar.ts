/**
 * `<lane-bar>`: which lanes are on the page, and how much each of them tells. Where one lane fills the width, a phone, it is
 * the switch from lane to lane instead.
 *
 * Fires `shown`, a CustomEvent whose `detail` is the names of the lanes that are to be on the page, and `words`, whose `detail`
 * is whether each says what it does and has all of its figures.
 */
import { html, LitElement } from 'lit'
import { swatch, swatchStyles } from '../../../benchmarks/plots/swatch.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { Series } from '../../elements/figures/series.ts'
import './page-busy.ts'

export class LaneBar extends LitElement {
  static override properties = {
    series: { attribute: false },
    shown: { attribute: false },
    words: { type: Boolean },
    current: { state: true },
  }
  /** All lanes that there are. */
  declare series: readonly Series[]
  declare shown: readonly TransportName[]
  declare words: boolean
  /** Where lanes stand in one row that is wider than the page: the place of the one in view, from 0. */
  declare current: number

  constructor() {
    super()
    this.series = []
    this.shown = []
    this.words = false
    this.current = 0
  }

  /** Without a shadow: it is a part of the page, and first-view.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // Scrolling does not bubble, but it can be caught on its way down.
    document.addEventListener('scroll', this.#onScroll, { capture: true, passive: true })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('scroll', this.#onScroll, { capture: true })
  }

  override render() {
    const onPage = this.series.filter(({ transport }) => this.shown.includes(transport))
    return html`<fieldset class="choose-lanes">
        <legend>Lanes</legend>
        ${this.series.map(
          ({ transport, place, short }) => html`<label>
            <input type="checkbox" .checked=${this.shown.includes(transport)} @change=${() => this.#turn(transport)}>
            ${swatch(place)} ${short}
          </label>`,
        )}
      </fieldset>
      <div class="switch-lanes" role="group" aria-label="Lane in view">
        ${onPage.map(
          ({ place, short }, index) => html`<button
            aria-current=${index === this.current}
            @click=${() => this.#scrollTo(index)}
          >${swatch(place)} ${short}</button>`,
        )}
      </div>
      <label class="words">
        <input type="checkbox" .checked=${this.words} @change=${() => this.#tell('words', !this.words)}>
        Words and all figures
      </label>
      <page-busy></page-busy>`
  }

  #turn(name: TransportName): void {
    const shown = this.series
      .map(({ transport }) => transport)
      .filter((one) => this.shown.includes(one) !== (one === name))
    // Without a lane there is no page: the last one stays.
    if (shown.length > 0) this.#tell('shown', shown)
    else this.requestUpdate()
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }

  get #row(): HTMLElement | null {
    return document.getElementById('lanes')
  }

  readonly #onScroll = ({ target }: Event) => {
    const row = this.#row
    if (target !== row || !row) return
    this.current = Math.round(row.scrollLeft / row.clientWidth)
  }

  #scrollTo(index: number): void {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    const row = this.#row
    row?.scrollTo({ left: index * row.clientWidth, behavior: calm ? 'auto' : 'smooth' })
    this.current = index
  }
}

// It has no shadow to keep them in.
document.adoptedStyleSheets = [
  ...document.adoptedStyleSheets,
  ...swatchStyles.map(({ styleSheet }) => styleSheet!),
]
customElements.define('lane-bar', LaneBar)
