/**
 * `<latency-chart>`: publish → shown of several lanes over the last half minute, on one logarithmic
 * axis. Its property `series` says which.
 *
 * An instrument should not disturb what it measures: the lanes are timed by the frames of this very
 * page. So the chart has no animation and no pointer events, draws ten times a second and not sixty,
 * and not at all while nothing moves.
 */
import type { Chart } from 'chart.js'
import { css, html, LitElement, nothing } from 'lit'
import {
  chartOptions,
  decadesAround,
  type Look,
  type Point,
} from '../../../benchmarks/plots/chart-options.ts'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { swatch, swatchStyles, symbolOf } from '../../../benchmarks/plots/swatch.ts'
import type { Sample } from '../../model/figures/latencies.ts'
import { drawEvery } from './draw-every.ts'
import type { Series } from './series.ts'
import { whenNear } from './when-near.ts'

const WINDOW_S = 30
const DRAW_EVERY_MS = 100
/** With more points than this in a line, markers would be a smear; the dash still tells the lines apart. */
const MAX_MARKED = 120

export class LatencyChart extends LitElement {
  static override properties = {
    series: { attribute: false },
    empty: { state: true },
    failed: { state: true },
  }
  declare series: readonly Series[]
  declare empty: boolean
  /** The code that draws could not be loaded. */
  declare failed: boolean

  /** Null until it has been fetched. */
  #chartOn: ((canvas: HTMLCanvasElement) => Chart<'line'>) | null = null
  #chart: Chart<'line'> | null = null
  #stop = () => {}
  #wasEmpty = false
  /** The axes and colours that are on the canvas. */
  #frame = ''

  constructor() {
    super()
    this.series = []
    this.empty = true
    this.failed = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const stopWaiting = whenNear(this, () => void this.#load())
    const stopDrawing = drawEvery(DRAW_EVERY_MS, () => this.#draw())
    this.#stop = () => {
      stopWaiting()
      stopDrawing()
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
    this.#chart?.destroy()
    this.#chart = null
  }

  override render() {
    return html`<figure>
      <figcaption>
        <span>Publish → shown, in milliseconds, last ${WINDOW_S} s</span>
        <span class="legend">${this.series.map(({ place, short }) => html`<span>${swatch(place)} ${short}</span>`)}</span>
      </figcaption>
      <div class="plot">
        <canvas role="img" aria-label="Latency of each lane over the last ${WINDOW_S} seconds; the table has the figures"></canvas>
        ${this.failed ? html`<p>The chart could not be loaded. Is the server running? Then reload.</p>` : nothing}
        ${
          this.empty && !this.failed
            ? html`<p>No message has been timed yet. Start the traffic or write in a lane:<br>each message becomes one point per lane.</p>`
            : nothing
        }
      </div>
    </figure>`
  }

  async #load(): Promise<void> {
    try {
      this.#chartOn = (await import('./latency-canvas.ts')).chartOn
    } catch {
      this.failed = true
    }
  }

  #draw(): void {
    if (document.visibilityState !== 'visible') return
    const now = performance.now()
    const lines = this.series.map(({ latencies }) => recent(latencies.samples, now))
    this.empty = lines.every((line) => line.length === 0)
    if (!this.#chartOn) return
    const decades = decadesAround(lines)
    const look = this.#look()
    const hues = [...this.renderRoot.querySelectorAll('.swatch')].map(
      (symbol) => getComputedStyle(symbol).color,
    )
    const frame = JSON.stringify([look, hues, decades])
    // While points are in view, they wander to the left; in an empty window nothing moves.
    if (this.empty && this.#wasEmpty && frame === this.#frame) return
    this.#wasEmpty = this.empty

    const canvas = this.renderRoot.querySelector('canvas')!
    const chart = this.#chart ?? this.#chartOn(canvas)
    this.#chart = chart
    if (frame !== this.#frame) chart.options = chartOptions(WINDOW_S, look, decades)
    this.#frame = frame
    chart.data.datasets = lines.map((data, index) => {
      const { dash, marker } = symbolOf(this.series[index]!.place)
      const hue = hues[index] ?? look.ink
      return {
        data,
        borderColor: hue,
        backgroundColor: hue,
        borderDash: [...dash],
        borderWidth: 1.5,
        // At the bottom, where others lie over it: a solid line shows through their gaps.
        order: dash.length === 0 ? 1 : 0,
        pointStyle: marker,
        pointRadius: data.length > MAX_MARKED ? 0 : 3,
      }
    })
    chart.update('none')
  }

  /** A canvas knows nothing of style sheets: it is told what they come to, and follows a change of theme. */
  #look(): Look {
    const { color, borderTopColor, fontFamily } = getComputedStyle(this.renderRoot.querySelector('.plot')!)
    return { ink: color, rule: borderTopColor, font: fontFamily }
  }

  static override styles = [
    shared,
    swatchStyles,
    css`
      :host {
        color: var(--ink);
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: var(--gap-xs) var(--gap-l);
        font-size: var(--size-s);
        line-height: 1.125rem;
        color: var(--muted);
        padding-bottom: var(--gap-s);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-xs) var(--gap-m);
        color: var(--ink);
      }
      .legend span {
        display: flex;
        align-items: center;
        gap: 0.35rem;
      }
      .plot {
        position: relative;
        height: var(--chart-height, 15rem);
        color: var(--muted);
        border-top: 0 solid var(--rule);
      }
      canvas {
        position: absolute;
      }
      .plot p {
        position: absolute;
        inset: 0;
        display: grid;
        place-content: center;
        text-align: center;
        font-size: var(--size-m);
        line-height: 1.4;
        padding: 0 var(--gap-l) 1.5rem;
      }
    `,
  ]
}

/** The samples of the window as points, oldest first: what was written offline is shown late and sorted in. */
function recent(samples: readonly Sample[], now: number): Point[] {
  return samples
    .filter(({ startedAt }) => startedAt > now - WINDOW_S * 1_000)
    .map(({ startedAt, ms }) => ({ x: (startedAt - now) / 1_000, y: ms }))
    .sort((a, b) => a.x - b.x)
}

customElements.define('latency-chart', LatencyChart)
