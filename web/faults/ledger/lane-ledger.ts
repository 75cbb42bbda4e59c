/** `<lane-ledger>`: each lane held against the server's log, what its messages have cost, and the server's view of its connections. */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { swatch, swatchStyles } from '../../../benchmarks/plots/swatch.ts'
import { OWN_QUEUE, ownQueue, ownQueueStyles } from '../../elements/figures/page-busy.ts'
import type { LedgerRow } from '../../model/ledger/page-ledger.ts'
import { bytes, inTable, number } from '../../words.ts'
import type { Bench, PageLane } from '../bench.ts'
import './server-view.ts'
import { tableStyles } from './table-styles.ts'

/** How often the server is asked while the ledger is in view: often enough to be believed, and two requests each time. */
const LOOK_EVERY_MS = 1_000

/** The quantiles of the latency that a row has. */
const TIMED = [0.5, 0.99] as const

export class LaneLedger extends LitElement {
  static override properties = { bench: { attribute: false } }
  declare bench: Bench
  #observer: IntersectionObserver | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #isInView = false

  override connectedCallback(): void {
    super.connectedCallback()
    this.#observer = new IntersectionObserver((entries) => {
      this.#isInView = entries.at(-1)?.isIntersecting ?? false
      void this.#look()
    })
    this.#observer.observe(this)
    // Once in any case: a reader who scrolls down to it shall not find it empty.
    void this.bench.ledger.look().then(() => this.requestUpdate())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer?.disconnect()
    this.#isInView = false
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer)
    if (!this.#isInView) return
    if (document.visibilityState === 'visible') await this.bench.ledger.look()
    if (!this.#isInView) return
    this.requestUpdate()
    this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS)
  }

  override render() {
    const { rows, served, problem } = this.bench.ledger
    return html`<section aria-labelledby="title">
      <h2 id="title" class="sr-only">Ledger</h2>
      <p class="problem" role="status">${problem ?? nothing}</p>
      <div class="scroll" tabindex="0" role="region" aria-label="The ledger, lane by lane">
        <table>
          <caption><span>
            Compared with the server’s own log, message by message, since this page opened the room or was reset; what it costs is
            counted since the ledger was opened. Bytes are those on the wire, both ways, headers included.
            ${this.bench.lanes().some(({ latencies }) => TIMED.some((q) => latencies.holdsQueue(q))) ? html`<b>*</b> ${OWN_QUEUE}` : nothing}
          </span></caption>
          <thead>
            <tr>
              <th scope="col">Lane</th>
              <th scope="col" title="Written in this lane and acknowledged; each must stand in the log once">Sent</th>
              <th scope="col" title="Came by this lane, of those in the log">Delivered</th>
              <th scope="col" title="In the log before the newest that came, and never came">Lost</th>
              <th scope="col" title="In the log after the newest that came: still to come">Behind</th>
              <th scope="col" title="Came more than once by the wire">Doubled</th>
              <th scope="col" title="Came after a later one">Reordered</th>
              <th scope="col" title="HTTP requests for each message; a WebSocket handshake is one">Requests each</th>
              <th scope="col" title="Bytes on the wire for each message">Bytes each</th>
              <th scope="col" title="Publish to shown, half of the messages; milliseconds">p50 ms</th>
              <th scope="col" title="Publish to shown, 99 of 100; milliseconds">p99 ms</th>
              <th scope="col" title="Open now, and opened since">Connections</th>
            </tr>
          </thead>
          <tbody>${this.bench.lanes().map((lane) =>
            this.#row(
              lane,
              rows.find(({ name }) => name === lane.name),
            ),
          )}</tbody>
        </table>
      </div>
      <server-view .bench=${this.bench} .served=${served}></server-view>
    </section>`
  }

  #row({ name, title, place, latencies }: PageLane, row: LedgerRow | undefined) {
    const head = html`<th scope="row"><span>${swatch(place)} ${title}</span></th>`
    if (!row) return html`<tr data-lane=${name}>${head}<td colspan="11">–</td></tr>`
    const { sent, sentLost, sentTwice, connections, opened } = row
    const wrong = [
      ...(sentLost > 0 ? [`${number(sentLost)} not in the log`] : []),
      ...(sentTwice > 0 ? [`${number(sentTwice)} twice`] : []),
      ...(row.madeUp > 0 ? [`${number(row.madeUp)} came that the log has not`] : []),
    ]
    return html`<tr data-lane=${name}>
      ${head}
      <td class=${wrong.length > 0 ? 'alarming' : ''}>${number(sent)}${wrong.length > 0 ? ` (${wrong.join(', ')})` : ''}</td>
      <td>${number(row.delivered)} of ${number(row.inLog)}</td>
      ${[row.lost, row.behind, row.doubled, row.reordered].map(
        (count, index) => html`<td class=${count > 0 && index !== 1 ? 'alarming' : ''}>${number(count)}</td>`,
      )}
      <td>${row.requestsPerMessage === null ? '–' : perMessage(row.requestsPerMessage)}</td>
      <td>${row.bytesPerMessage === null ? '–' : bytes(Math.round(row.bytesPerMessage))}</td>
      ${TIMED.map((q) => html`<td class=${ownQueue(latencies.holdsQueue(q))}>${inTable(latencies.quantile(q))}</td>`)}
      <td>${connections === null ? '–' : `${number(connections)}${opened === null ? '' : `, ${number(opened)} new`}`}</td>
    </tr>`
  }

  static override styles = [
    shared,
    swatchStyles,
    tableStyles,
    ownQueueStyles,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-s);
        padding: var(--gap-s) var(--gap-m) var(--gap-m);
        background: var(--surface);
        border: 1px solid var(--rule);
        border-radius: var(--radius);
      }
      .problem {
        color: var(--wait);
        font-size: var(--size-m);
      }
      .problem:empty {
        display: none;
      }
    `,
  ]
}

/** 6.2, or “1 for 389”: a fraction of a request says nothing to a reader. */
const perMessage = (value: number): string =>
  value === 0 ? '0' : value < 0.1 ? `1 for ${number(Math.round(1 / value))}` : number(value)

customElements.define('lane-ledger', LaneLedger)
