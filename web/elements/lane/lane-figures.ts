/** The figures of one lane, since the last reset. */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import type { Latencies } from '../../model/figures/latencies.ts'
import type { FigureName } from '../../model/figures/names.ts'
import type { Lane } from '../../model/lane.ts'
import { milliseconds, number } from '../../words.ts'
import { drawEvery } from '../figures/draw-every.ts'
import { OWN_QUEUE, ownQueue, ownQueueStyles } from '../figures/page-busy.ts'

/** Figures that change faster than this cannot be read. */
const DRAW_EVERY_MS = 250

export class LaneFigures extends LitElement {
  static override properties = {
    lane: { attribute: false },
    latencies: { attribute: false },
    wanted: { attribute: false },
  }
  declare lane: Lane
  declare latencies: Latencies
  /** Which to show; null for all, of which a compact lane leaves some out. What is alarming is shown in any case. */
  declare wanted: readonly FigureName[] | null
  #stop = () => {}
  #drawn = ''

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = drawEvery(DRAW_EVERY_MS, () => {
      const now = JSON.stringify([this.lane.figures, this.latencies.version])
      if (now !== this.#drawn) this.requestUpdate()
      this.#drawn = now
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render() {
    const { requests, messages, duplicates, lost, reconnects } = this.lane.figures
    return html`<dl class=${this.wanted ? 'few' : ''}>
      ${this.#timed('last latency', this.latencies.last, this.latencies.holdsQueue('last'))}
      ${this.#timed('median', this.latencies.quantile(0.5), this.latencies.holdsQueue(0.5))}
      ${this.#figure('requests', number(requests), 'HTTP requests of this lane; a WebSocket handshake is one')}
      ${this.#figure('messages', number(messages), 'Shown here, history included', 'more')}
      ${this.#figure('duplicates', number(duplicates), 'Came again and were left out', duplicates > 0 ? 'told' : 'more')}
      ${this.#figure('lost', number(lost), 'Holes in the numbers of the messages', lost > 0 ? 'alarming' : 'more')}
      ${this.#figure('reconnects', number(reconnects), 'How often the connection was opened again', 'more')}
      ${this.#figure('requests per message', messages === 0 ? '–' : number(requests / messages), 'What each message has cost, history included: Reset starts the count again', 'more')}
    </dl>`
  }

  #timed(name: string, ms: number | null, holdsQueue: boolean) {
    const title = holdsQueue ? `${TIMED}. ${OWN_QUEUE} Reset begins a new measurement.` : TIMED
    return this.#figure(name, ms === null ? '–' : milliseconds(ms), title, '', ownQueue(holdsQueue))
  }

  /**
   * @param kind `more` for a figure that a narrow lane leaves out while it says nothing special; `told` and `alarming` for
   *   one that no choice leaves out
   */
  #figure(name: string, value: string, title: string, kind: Kind = '', mark = '') {
    const isChosen = this.wanted?.includes(name.replaceAll(' ', '-') as FigureName) ?? true
    if (!isChosen && kind !== 'told' && kind !== 'alarming') return nothing
    return html`<div title=${title} class=${kind}><dt class=${mark}>${name}</dt><dd>${value}</dd></div>`
  }

  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: repeat(4, minmax(0, 1fr));
        gap: var(--gap-s);
        padding: var(--gap-s) var(--gap-m);
        border-top: 1px solid var(--rule);
      }
      div {
        display: flex;
        flex-direction: column-reverse;
        justify-content: flex-end;
        min-width: 0;
      }
      dt {
        color: var(--muted);
        font-size: 0.6875rem;
        line-height: 0.875rem;
      }
      dd {
        font-size: var(--size-l);
        line-height: 1.375rem;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      /* A line each, and of the eight those that tell the lanes apart. */
      :host([compact]) dl {
        grid-template-columns: 1fr;
        gap: 0;
        padding: var(--gap-xs) var(--gap-s);
      }
      :host([compact]) div {
        flex-direction: row;
        justify-content: space-between;
        gap: var(--gap-xs);
      }
      :host([compact]) dt {
        overflow: hidden;
        line-height: 1.125rem;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      :host([compact]) dd {
        font-size: var(--size-m);
        line-height: 1.125rem;
      }
      :host([compact]:not([words])) dl:not(.few) .more {
        display: none;
      }
      /* Those that a chapter names stand in a row. */
      :host([compact]) .few {
        grid-template-columns: repeat(auto-fit, minmax(5.5rem, 1fr));
        gap: 0 var(--gap-s);
      }
      :host([compact]) .few div {
        flex-direction: column-reverse;
      }
      :host([compact]) .few dt {
        overflow: visible;
        white-space: normal;
      }
      @media (max-height: 50rem) {
        :host([compact]:not([words])) dl:not(.few) div:first-child {
          display: none;
        }
      }
      :host([large]) div:not(:first-child) {
        display: none;
      }
      :host([large][compact]:not([words])) dl:not(.few) div:first-child {
        display: flex;
        flex-direction: column-reverse;
      }
      :host([large]) dt {
        font-size: var(--size-s);
      }
      :host([large]) dd {
        font-size: 1.375rem;
        font-weight: 650;
        line-height: 1.75rem;
      }
      .alarming dd {
        color: var(--bad);
        font-weight: 600;
      }
    `,
    ownQueueStyles,
  ]
}

const TIMED = 'From publishing to being shown. Only what this page published: two clocks cannot be compared'

type Kind = '' | 'more' | 'told' | 'alarming'

customElements.define('lane-figures', LaneFigures)
