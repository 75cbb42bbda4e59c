/** `<latency-table>`: the chart in figures, for a reader who cannot see the chart or wants to quote it. */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { swatch, swatchStyles } from '../../../benchmarks/plots/swatch.ts'
import { KEPT } from '../../model/figures/latencies.ts'
import { inTable, number } from '../../words.ts'
import { drawEvery } from './draw-every.ts'
import { OWN_QUEUE, ownQueue, ownQueueStyles } from './page-busy.ts'
import type { Series } from './series.ts'

/** Figures that change faster than this cannot be read. */
const DRAW_EVERY_MS = 500

/** Those of a row that can hold the page's own queue. */
const FIGURES = ['last', 0.5, 0.99, 1] as const

export class LatencyTable extends LitElement {
  static override properties = { series: { attribute: false } }
  declare series: readonly Series[]
  #stop = () => {}
  #drawn = ''

  constructor() {
    super()
    this.series = []
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = drawEvery(DRAW_EVERY_MS, () => {
      const versions = this.series.map(({ latencies }) => latencies.version).join()
      if (versions !== this.#drawn) this.requestUpdate()
      this.#drawn = versions
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render() {
    return html`<table>
      <caption>
        Publish → shown, in ms, of messages that this page published. Percentiles and maximum are of the last
        ${number(KEPT)}. Each includes the wait for a frame: up to 17 ms at 60 Hz, more when the browser is busy.
        “In page” is the part of it from receipt to the screen, half of the messages.
        ${this.series.some(({ latencies }) => FIGURES.some((one) => latencies.holdsQueue(one))) ? html`<b>*</b> ${OWN_QUEUE}` : nothing}
        Traffic is sent once in each slot of its rate, at a random moment, so that it does not keep step with a poll.
      </caption>
      <thead>
        <tr>
          <th scope="col">Transport</th>
          <th scope="col">count</th>
          <th scope="col">last</th>
          <th scope="col"><abbr title="half of the messages were at least as fast: the median">p50</abbr></th>
          <th scope="col"><abbr title="99 of 100 messages were at least as fast">p99</abbr></th>
          <th scope="col">max</th>
          <th scope="col">in page</th>
        </tr>
      </thead>
      <tbody>
        ${this.series.map(
          ({ place, title, latencies }) => html`<tr>
            <th scope="row"><span>${swatch(place)} ${title}</span></th>
            <td>${number(latencies.count)}</td>
            ${FIGURES.map(
              (one) =>
                html`<td class=${ownQueue(latencies.holdsQueue(one))}>${inTable(one === 'last' ? latencies.last : latencies.quantile(one))}</td>`,
            )}
            <td>${inTable(latencies.pageQuantile(0.5))}</td>
          </tr>`,
        )}
      </tbody>
    </table>`
  }

  static override styles = [
    shared,
    swatchStyles,
    ownQueueStyles,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: var(--size-m);
        line-height: 1.25rem;
        font-variant-numeric: tabular-nums;
      }
      caption {
        caption-side: bottom;
        text-align: left;
        padding-top: var(--gap-s);
        font-size: var(--size-s);
        line-height: 1.4;
        color: var(--muted);
      }
      th,
      td {
        padding: 0.4rem 0 0.4rem var(--gap-s);
        text-align: right;
        font-weight: 400;
        white-space: nowrap;
        border-bottom: 1px solid var(--rule);
      }
      th:first-child {
        padding-left: 0;
        text-align: left;
      }
      thead th {
        color: var(--muted);
        font-size: var(--size-s);
      }
      tbody th {
        font-weight: 600;
        white-space: normal;
      }
      tbody th span {
        display: flex;
        align-items: center;
        gap: var(--gap-s);
      }
      @media (max-width: 30rem) {
        table {
          font-size: var(--size-s);
        }
        th,
        td {
          padding-left: 0.375rem;
        }
      }
      abbr {
        text-decoration: underline dotted;
        text-underline-offset: 0.2em;
      }
    `,
  ]
}

customElements.define('latency-table', LatencyTable)
