/**
 * `<line-plot>`: a few lines on two axes, each linear or logarithmic, with a legend. Properties: `lines`, `x`, `y`, and
 * `label`, which says in words what is to be seen. It belongs beside a table: a canvas can't be read out.
 *
 * Fires `layout`, a CustomEvent whose `detail` is a {@link PlotLayout}, whenever its axes have taken their place.
 */
import {
  Chart,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js'
import { css, html, LitElement, type PropertyValues } from 'lit'
import type { Look } from './chart-options.ts'
import type { PlotAxis, PlotLine } from './plot.ts'
import { plotOptions } from './plot-options.ts'
import { shared } from './shared-styles.ts'
import { type SubjectSymbol, subjectHues, subjectSwatch } from './subject-symbol.ts'

Chart.register(LinearScale, LineController, LineElement, LogarithmicScale, PointElement, Tooltip)

/** Where the axes lie, in pixels from the canvas' left and top edge; for what is laid over the plot. */
export interface PlotLayout {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly xOf: (value: number) => number
  readonly yOf: (value: number) => number
}

const MARKER_PX = 4
/** With this many points between two markers, a line keeps its shape. */
const BETWEEN_MARKERS = 10

export class LinePlot extends LitElement {
  static override properties = {
    lines: { attribute: false },
    x: { attribute: false },
    y: { attribute: false },
    label: { type: String },
  }
  declare lines: readonly PlotLine[]
  declare x: PlotAxis
  declare y: PlotAxis
  declare label: string

  #chart: Chart<'line'> | null = null
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)')
  readonly #redraw = () => this.#draw()
  readonly #themes = new MutationObserver(this.#redraw)

  constructor() {
    super()
    this.lines = []
    this.label = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#scheme.addEventListener('change', this.#redraw)
    this.#themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    if (this.hasUpdated) this.#draw()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#scheme.removeEventListener('change', this.#redraw)
    this.#themes.disconnect()
    this.#chart?.destroy()
    this.#chart = null
  }

  override render() {
    const own = this.lines.filter(({ other, quiet }) => !other && !quiet)
    const quiet = this.lines.find((line) => line.quiet)
    const others = this.lines.some(({ other }) => other)
    return html`
      <div class="legend" ?hidden=${this.y?.names !== undefined && !others}>
        ${own.map(({ name, symbol }) => html`<span>${subjectSwatch(this.#solid(symbol))} ${name}</span>`)}
        ${quiet ? html`<span>${subjectSwatch(quiet.symbol)} the others</span>` : ''}
        ${others ? html`<span><svg class="symbol" data-hue="peer" viewBox="0 0 30 12" width="30" height="12" aria-hidden="true"><line x1="0" y1="6" x2="30" y2="6" stroke-width="1.500" stroke-dasharray="4 4" /></svg> the other run</span>` : ''}
      </div>
      <div class="plot"><canvas role="img" aria-label=${this.label}></canvas></div>
    `
  }

  protected override updated(_changed: PropertyValues<this>): void {
    this.#draw()
  }

  /** Beside dashed lines of another run, the dashes of this one would be misread. */
  #solid(symbol: SubjectSymbol): SubjectSymbol {
    return this.lines.some(({ other }) => other) ? { ...symbol, dash: [] } : symbol
  }

  #draw(): void {
    const canvas = this.renderRoot.querySelector('canvas')
    if (!canvas || !this.isConnected) return
    this.#chart ??= new Chart(canvas, {
      type: 'line',
      data: { datasets: [] },
      plugins: [{ id: 'layout', afterLayout: (chart) => this.#tellLayout(chart as Chart<'line'>) }],
    })
    this.#chart.options = plotOptions(this.lines, this.x, this.y, this.#look())
    this.#chart.data.datasets = this.lines.map((line, index) => this.#dataset(line, index))
    this.#chart.update('none')
  }

  #tellLayout({ chartArea, scales }: Chart<'line'>): void {
    const { x, y } = scales
    if (!chartArea || !x || !y) return
    const { left, right, top, bottom } = chartArea
    const detail: PlotLayout = {
      ...{ left, right, top, bottom },
      xOf: (value) => x.getPixelForValue(value),
      yOf: (value) => y.getPixelForValue(value),
    }
    this.dispatchEvent(new CustomEvent('layout', { detail }))
  }

  #dataset({ name, symbol, points, other = false, marked }: PlotLine, index: number): ChartDataset<'line'> {
    const hue = this.#hueOf(symbol)
    const has = (at: number) =>
      marked === 'all' ||
      (marked === 'middle' && at === points.length >> 1) ||
      (marked === 'some' && at % BETWEEN_MARKERS === (index * 3) % BETWEEN_MARKERS)
    return {
      label: other ? `${name}, the other run` : name,
      data: [...points],
      borderColor: hue,
      backgroundColor: hue,
      borderDash: other ? [4, 4] : [...this.#solid(symbol).dash],
      borderWidth: other ? 1.25 : symbol.width,
      clip: MARKER_PX, // a marker on the edge is still a whole marker
      pointStyle: symbol.marker,
      pointRadius: (context) => (has(context.dataIndex) ? MARKER_PX : 0),
      pointHitRadius: 6,
      pointHoverRadius: 5,
    }
  }

  /** A canvas knows nothing of style sheets: it is told what they come to. */
  #hueOf({ hue }: SubjectSymbol): string {
    const probe = this.renderRoot.querySelector(`[data-hue="${hue}"]`)
    return probe ? getComputedStyle(probe).color : this.#look().ink
  }

  #look(): Look {
    const { color, borderTopColor, fontFamily } = getComputedStyle(this.renderRoot.querySelector('.plot')!)
    return { ink: color, rule: borderTopColor, font: fontFamily }
  }

  static override styles = [
    shared,
    subjectHues,
    css`
      :host {
        color: var(--ink);
        font-family: var(--text);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-xs) var(--gap-m);
        padding-bottom: var(--gap-s);
        font-size: var(--size-s);
        line-height: 1.125rem;
      }
      .legend[hidden] {
        position: absolute;
        visibility: hidden;
      }
      .legend span {
        display: inline-flex;
        align-items: center;
        gap: 0.35rem;
      }
      .plot {
        position: relative;
        height: var(--plot-height, 18rem);
        color: var(--muted);
        border-top: 0 solid var(--rule);
      }
      canvas {
        position: absolute;
      }
    `,
  ]
}

customElements.define('line-plot', LinePlot)
