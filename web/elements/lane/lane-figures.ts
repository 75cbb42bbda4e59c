/** The figures of one lane, since the last reset. */
import { css, html, LitElement } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import type { Latencies } from '../../model/figures/latencies.ts'
import type { FigureName } from '../../model/figures/names.ts'
import type { Lane } from '../../model/lane.ts'
import { milliseconds, number } from '../../words.ts'
import { drawEvery } from '../figures/draw-every.ts'

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
    const { last } = this.latencies
    const median = this.latencies.quantile(0.5)
    const all: readonly Figure[] = [
      { name: 'last-latency', value: last === null ? '–' : milliseconds(last), title: TIMED },
      { name: 'median', value: median === null ? '–' : milliseconds(median), title: TIMED },
      {
        ...{ name: 'requests', value: number(requests) },
        title: 'HTTP requests of this lane; a WebSocket handshake is one',
      },
      {
        ...{ name: 'messages', value: number(messages), kind: 'more' },
        title: 'Shown here, history included',
      },
      {
        ...{ name: 'duplicates', value: number(duplicates), kind: duplicates > 0 ? 'told' : 'more' },
        title: 'Came again and were left out',
      },
      {
        ...{ name: 'lost', value: number(lost), kind: lost > 0 ? 'alarming' : 'more' },
        title: 'Holes in the numbers of the messages',
      },
      {
        ...{ name: 'reconnects', value: number(reconnects), kind: 'more' },
        title: 'How often the connection was opened again',
      },
      {
        ...{ name: 'requests-per-message', kind: 'more' },
        value: messages === 0 ? '–' : number(requests / messages),
        title: 'What each message has cost, history included: Reset starts the count again',
      },
    ]
    const wanted = all.filter(
      ({ name, kind }) =>
        !this.wanted || kind === 'alarming' || kind === 'told' || this.wanted.includes(name),
    )
    return html`<dl class=${this.wanted ? 'few' : ''}>${wanted.map(drawn)}</dl>`
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
        line-height: 1.125rem;
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
      @media (max-height: 50rem) {
        :host([compact]:not([words])) dl:not(.few) div:first-child {
          display: none;
        }
      }
      .alarming dd {
        color: var(--bad);
        font-weight: 600;
      }
    `,
  ]
}

const TIMED = 'From publishing to being shown. Only what this page published: two clocks cannot be compared'

interface Figure {
  readonly name: FigureName
  readonly value: string
  readonly title: string
  /** `more` for one that a narrow lane leaves out while it says nothing special. */
  readonly kind?: 'more' | 'told' | 'alarming'
}

const drawn = ({ name, value, title, kind = 'told' }: Figure) =>
  html`<div title=${title} class=${kind}><dt>${name.replaceAll('-', ' ')}</dt><dd>${value}</dd></div>`

customElements.define('lane-figures', LaneFigures)
