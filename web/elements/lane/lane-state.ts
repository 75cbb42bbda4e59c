/** Whether a lane is open, and if not, why and for how long. In words; the colour only repeats them. */
import { css, html, LitElement, nothing, svg } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import type { Lane } from '../../model/lane.ts'
import { tabs } from '../../tabs.ts'
import { drawInWords, secondsUntil, stateInWords } from '../../words.ts'

/** Often enough that no second of a countdown is skipped. */
const COUNT_EVERY_MS = 250

/** A shape for each mood, for those to whom the colours look alike. */
const SIGNS = {
  good: svg`<circle cx="6" cy="6" r="5" />`,
  wait: svg`<path class="ring" d="M6 1.500a4.500 4.500 0 1 1-4.500 4.500" />`,
  off: svg`<circle class="ring" cx="6" cy="6" r="4.250" />`,
  bad: svg`<path class="ring" d="m2 2 8 8m0-8-8 8" />`,
}

export class LaneState extends LitElement {
  static override properties = {
    lane: { attribute: false },
    version: { type: Number },
    name: { type: String },
  }
  declare lane: Lane
  /** Changes when the lane has: a lane is one object that changes inside. */
  declare version: number
  /** What the state is of, for those who only hear it. */
  declare name: string
  #counting: ReturnType<typeof setInterval> | null = null

  override render() {
    const { state, wanted, retryAt } = this.lane
    const { mood, words, why } = stateInWords(state, wanted, this.lane)
    this.#count(state.status === 'waiting')
    /** Asking again is for a reader who may be let in again; the lobby is open to all. */
    const isOut = state.status === 'closed' && state.cause?.code === 'not-found'
    const isParked = state.status === 'idle' && this.lane.parked !== null && tabs.parked !== null
    const seconds = state.status === 'waiting' ? secondsUntil(retryAt, performance.now()) : null
    // The countdown is left out of what is announced: no reader wants to hear each second of it.
    return html`<p data-mood=${mood}>
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
          ${SIGNS[mood]}
        </svg>
        <span class="words">${words}${seconds === null ? nothing : html`<span aria-hidden="true"> in ${seconds} s</span>`}</span>
        ${
          state.status === 'waiting'
            ? html`<span class="draw">${drawInWords(state.upToMs)}</span>
              <button @click=${() => this.lane.retry()} aria-label=${`Retry ${this.name} now`}>Retry now</button>`
            : nothing
        }
        ${isParked ? html`<button @click=${tabs.use}>Connect this tab</button>` : nothing}
        ${isOut ? html`<a href="/?room=lobby">Go to the lobby</a>` : nothing}
        ${why ? html`<span class="why">${why}</span>` : nothing}
      </p>
      <span class="sr-only" role="status">${this.name}: ${words}${why ? `, ${why}` : ''}</span>`
  }

  #count(on: boolean): void {
    if (on === (this.#counting !== null)) return
    if (this.#counting !== null) clearInterval(this.#counting)
    this.#counting = on ? setInterval(() => this.requestUpdate(), COUNT_EVERY_MS) : null
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#count(false)
  }

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        align-content: start;
        column-gap: 0.4rem;
        min-height: 2.25rem; /* room for a reason, so that nothing below moves when there is one */
        font-size: var(--size-m);
        line-height: 1.25rem;
      }
      p > svg {
        flex: none;
        fill: currentColor;
      }
      .ring {
        fill: none;
        stroke: currentColor;
        stroke-width: 1.75;
      }
      .words {
        max-width: calc(100% - 1.2rem); /* beside its sign, however long it is */
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      .draw {
        color: var(--muted);
        font-size: var(--size-s);
      }
      button {
        margin-inline-start: auto;
        min-height: 1.5rem; /* a target of 24 px (WCAG 2.2, 2.5.8), and the line grows by little */
        padding: 0 0.5rem;
        font-size: var(--size-s);
      }
      a {
        margin-inline-start: auto;
        color: var(--ink);
        font-size: var(--size-s);
      }
      :host([compact]) p {
        min-height: 1.25rem;
        font-size: var(--size-s);
      }
      :host([compact]) button {
        margin-inline-start: 0;
      }
      .why {
        flex-basis: 100%;
        color: var(--muted);
        font-size: var(--size-s);
        line-height: 1rem;
      }
      [data-mood='good'] { color: var(--good); }
      [data-mood='wait'] { color: var(--wait); }
      [data-mood='bad'] { color: var(--bad); }
      [data-mood='off'] { color: var(--muted); }
    `,
  ]
}

customElements.define('lane-state', LaneState)
