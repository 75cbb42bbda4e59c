/**
 * `<rate-chart>`: costs over the message rate, with a handle at the reader's own rate and a dot, with a word, where two
 * lines change places. Properties: `lines`, `x`, `y`, `label` as of `<line-plot>`; `rate`; `dots`.
 *
 * The handle is a slider of the browser's own, laid over the plot: so it obeys arrow keys, Home, End and a finger.
 * Fires `rate`, a CustomEvent whose `detail` is the new rate in messages a minute.
 */
import { css, html, LitElement } from 'lit'
import { live } from 'lit/directives/live.js'
import '../../plots/line-plot.ts'
import type { LinePlot, PlotLayout } from '../../plots/line-plot.ts'
import type { PlotAxis, PlotLine } from '../../plots/plot.ts'
import { shared } from '../../plots/shared-styles.ts'
import { STEPS, stepFor, valueAtStep } from '../choice/inputs.ts'
import { round } from '../words.ts'

export interface Dot {
  /** Messages a minute. */
  readonly x: number
  /** In the unit of the plot's axis. */
  readonly y: number
  readonly word: string
}

/** As wide as a finger can hit (WCAG 2.2, 2.5.8); the line in its middle is what is seen. */
const THUMB_PX = 24
/** For each browser's own name of a thumb: a list of both names would be thrown away whole by either. */
const THUMB = css`
  width: ${THUMB_PX}px;
  height: 100%;
  border: 0;
  border-radius: 0;
  background: linear-gradient(
    to right,
    transparent calc(50% - 1px),
    var(--ink) calc(50% - 1px),
    var(--ink) calc(50% + 1px),
    transparent calc(50% + 1px)
  );
`

export class RateChart extends LitElement {
  static override properties = {
    lines: { attribute: false },
    x: { attribute: false },
    y: { attribute: false },
    label: { type: String },
    rate: { type: Number },
    dots: { attribute: false },
  }
  declare lines: readonly PlotLine[]
  declare x: PlotAxis
  declare y: PlotAxis
  declare label: string
  declare rate: number
  declare dots: readonly Dot[]

  #layout: PlotLayout | null = null

  constructor() {
    super()
    this.lines = []
    this.dots = []
  }

  get #span() {
    const [min, max] = this.x.ends!
    return { min, max }
  }

  override render() {
    const words = `${round(this.rate)} messages a minute`
    return html`<div class="frame">
      <line-plot .lines=${this.lines} .x=${this.x} .y=${this.y} label=${this.label} @layout=${this.#onLayout}></line-plot>
      <div class="over" aria-hidden="true">
        ${this.dots.map(({ word }) => html`<span class="dot"></span><span class="word">${word}</span>`)}
        <span class="rate">your rate: ${round(this.rate)}</span>
      </div>
      <input
        type="range"
        min="0"
        max=${STEPS}
        step="1"
        .value=${live(String(stepFor(this.rate, this.#span)))}
        aria-label="Your rate"
        aria-valuetext=${words}
        @input=${this.#onInput}
      >
    </div>`
  }

  #onInput(event: Event): void {
    const step = Number((event.target as HTMLInputElement).value)
    this.dispatchEvent(new CustomEvent('rate', { detail: valueAtStep(step, this.#span) }))
  }

  readonly #onLayout = ({ detail }: CustomEvent<PlotLayout>) => {
    this.#layout = detail
    this.#place()
  }

  protected override updated(): void {
    this.#place()
  }

  /** By properties of styles, and not by attributes, which the page's policy does not allow. */
  #place(): void {
    const layout = this.#layout
    const plot = this.renderRoot.querySelector<LinePlot>('line-plot')
    const canvas = plot?.renderRoot.querySelector('canvas')
    const frame = this.renderRoot.querySelector<HTMLElement>('.frame')
    if (!layout || !canvas || !frame) return
    const corner = frame.getBoundingClientRect()
    const { left, top } = canvas.getBoundingClientRect()
    const at = (element: HTMLElement, x: number, y: number) => {
      element.style.left = `${left - corner.left + x}px`
      element.style.top = `${top - corner.top + y}px`
    }
    const { min, max } = this.#span
    const input = this.renderRoot.querySelector('input')!
    at(input, layout.left - THUMB_PX / 2, layout.top)
    input.style.width = `${layout.right - layout.left + THUMB_PX}px`
    frame.style.setProperty('--tall', `${layout.bottom - layout.top}px`)
    const rate = this.renderRoot.querySelector<HTMLElement>('.rate')!
    const rateX = layout.xOf(Math.min(max, Math.max(min, this.rate)))
    at(rate, rateX, layout.top)
    const middle = (layout.left + layout.right) / 2
    rate.toggleAttribute('data-left', rateX > middle)
    const words = this.renderRoot.querySelectorAll<HTMLElement>('.word')
    this.renderRoot.querySelectorAll<HTMLElement>('.dot').forEach((dot, index) => {
      const { x, y } = this.dots[index]!
      at(dot, layout.xOf(x), layout.yOf(y))
      at(words[index]!, layout.xOf(x), layout.yOf(y))
      words[index]!.toggleAttribute('data-left', layout.xOf(x) > middle)
    })
  }

  static override styles = [
    shared,
    css`
      .frame {
        position: relative;
        --plot-height: 16rem;
      }
      .over {
        position: absolute;
        inset: 0;
        pointer-events: none;
        font-size: var(--size-s);
        line-height: 1rem;
      }
      .over span {
        position: absolute;
      }
      .dot {
        width: 0.625rem;
        height: 0.625rem;
        margin: -0.3125rem 0 0 -0.3125rem;
        border: 2px solid var(--surface);
        border-radius: 50%;
        background: var(--ink);
      }
      .word,
      .rate {
        padding: 0 0.25rem;
        margin: 0.375rem 0 0 0.375rem;
        white-space: nowrap;
        color: var(--ink);
        background: var(--surface);
        border-radius: var(--radius);
      }
      .word {
        max-width: 45%;
        white-space: normal;
      }
      .rate {
        margin-top: 0.125rem;
        font-weight: 600;
      }
      .word[data-left],
      .rate[data-left] {
        margin-left: -0.375rem;
        transform: translateX(-100%);
      }
      input {
        position: absolute;
        height: var(--tall, 12rem);
        margin: 0;
        background: none;
        appearance: none;
        cursor: ew-resize;
        touch-action: pan-y;
      }
      input::-webkit-slider-runnable-track {
        height: 100%;
        background: none;
      }
      input::-moz-range-track {
        height: 100%;
        background: none;
      }
      input::-webkit-slider-thumb {
        appearance: none;
        ${THUMB}
      }
      input::-moz-range-thumb {
        ${THUMB}
      }
    `,
  ]
}

customElements.define('rate-chart', RateChart)
