/**
 * `<traffic-generator room="ROOM">`: messages at a steady rate, for lanes to carry.
 *
 * Fires `setting` with the key of what was changed (`rate`, `size` or `running`), and `reset` when
 * a new measurement is wanted: a page that shows lanes beside it clears them.
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import type { Platform } from '../../../lab/client/platform.ts'
import { visibleSince } from '../../frame.ts'
import { createStopwatch, type Stopwatch } from '../../model/figures/stopwatch.ts'
import { createTraffic, type Traffic } from '../../model/traffic/traffic.ts'
import { RATE, SIZE } from '../../page/slider-settings.ts'
import { browserPlatform } from '../../platform.ts'
import { number } from '../../words.ts'
import '../lab-slider.ts'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { drawEvery } from './draw-every.ts'

/** How often the counts are drawn, at most. */
const DRAW_EVERY_MS = 250

export class TrafficGenerator extends LitElement {
  static override properties = {
    room: { type: String },
    server: { type: String },
    under: { type: String },
    rate: { type: Number },
    size: { type: Number },
    running: { type: Boolean },
    asked: { type: Boolean },
    stopwatch: { attribute: false },
    platform: { attribute: false },
  }
  declare room: string
  /** The origin of the server, as `http://host:port`. */
  declare server: string
  /** The path below which the rooms are; '' for the server's own. */
  declare under: string
  /** Messages per second. */
  declare rate: number
  /** Bytes of text per message. */
  declare size: number
  declare running: boolean
  /** A link asks for it to run. Then it says so, and waits for the reader: load is not for a link to start. */
  declare asked: boolean
  declare stopwatch: Stopwatch
  declare platform: Platform

  #made: Traffic | null = null
  #stopDrawing = () => {}
  #changed = false

  constructor() {
    super()
    this.room = 'lobby'
    this.server = location.origin
    this.under = ''
    this.rate = RATE.usual
    this.size = SIZE.usual
    this.running = false
    this.asked = false
    this.stopwatch = createStopwatch(visibleSince)
    this.platform = browserPlatform
  }

  /** Made when it is first needed: by then, stopwatch and platform have been handed in. */
  get #traffic(): Traffic {
    this.#made ??= createTraffic({
      platform: this.platform,
      stopwatch: this.stopwatch,
      url: () => new URL(`${this.under}/rooms/${this.room}/messages`, this.server),
      rate: () => this.rate,
      bytes: () => this.size,
      onChange: () => (this.#changed = true),
    })
    return this.#made
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stopDrawing = drawEvery(DRAW_EVERY_MS, () => {
      if (this.#traffic.isUnwanted && this.running) this.#set('running', false)
      if (this.#changed) this.requestUpdate()
      this.#changed = false
    })
    if (this.hasUpdated && this.running) this.#traffic.start()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stopDrawing()
    this.#traffic.pause()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('running')) this.running ? this.#traffic.start() : this.#traffic.pause()
    if (changed.has('rate')) this.#traffic.retime()
  }

  override render() {
    const { accepted, failed, skipped, isUnwanted } = this.#traffic
    return html`<section aria-labelledby="title">
      <h2 id="title">Traffic</h2>
      <div class="buttons">
        <button class="main" @click=${() => this.#set('running', !this.running)}>
          ${this.running ? 'Pause' : 'Start'}<span class="more"> traffic</span>
        </button>
        <button @click=${() => this.#traffic.step()} title="Publish one message">Step</button>
        <button @click=${this.#reset} title="Begin a new measurement: clear the conversations and the figures of this page">
          Reset
        </button>
      </div>
      <lab-slider .setting=${RATE} .value=${this.rate} @turn=${this.#turn('rate')}></lab-slider>
      <lab-slider .setting=${SIZE} .value=${this.size} @turn=${this.#turn('size')}></lab-slider>
      <p class="counts">
        <span class="unwanted" role="status">${this.#word(isUnwanted)}</span>
        <span><b>${number(accepted)}</b> published</span>
        ${failed > 0 ? html`<span class="failed"><b>${number(failed)}</b> failed</span>` : nothing}
        ${skipped > 0 ? html`<span title=${SKIPPED}><b>${number(skipped)}</b> skipped</span>` : nothing}
      </p>
    </section>`
  }

  #word(isUnwanted: boolean) {
    if (isUnwanted) return UNWANTED
    if (!this.asked || this.running) return nothing
    return html`<span class="asked">This link asks for <b>${RATE.inWords(this.rate)}</b>: press Start.</span>`
  }

  #turn(key: 'rate' | 'size') {
    return ({ detail }: CustomEvent<number>) => this.#set(key, detail)
  }

  #set<Key extends 'rate' | 'size' | 'running'>(key: Key, value: this[Key]): void {
    this[key] = value
    this.dispatchEvent(new CustomEvent('setting', { detail: key }))
  }

  #reset(): void {
    this.stopwatch.clear()
    this.#traffic.reset()
    this.requestUpdate()
    this.dispatchEvent(new CustomEvent('reset'))
  }

  static override styles = [
    shared,
    css`
      /* As wide as where it stands, which may be a column of text. */
      :host {
        container-type: inline-size;
      }
      section {
        display: grid;
        grid-template-columns: auto auto minmax(8rem, 14rem) minmax(8rem, 14rem) 1fr;
        align-items: center;
        gap: var(--gap-s) var(--gap-l);
        padding: var(--gap-s) var(--gap-m);
        background: var(--surface);
        border: 1px solid var(--rule);
        border-radius: var(--radius);
      }
      :host([compact]) section {
        padding-block: var(--gap-xs);
      }
      :host([compact]) button {
        min-height: 1.75rem;
        padding-block: 0;
      }
      h2 {
        font-size: var(--size-l);
        line-height: 1.25rem;
        font-weight: 650;
      }
      .buttons {
        display: flex;
        gap: var(--gap-s);
      }
      .main {
        min-width: 8.5rem;
      }
      .counts {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0 var(--gap-m);
        font-size: var(--size-m);
        line-height: 1.25rem;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      .counts b {
        color: var(--ink);
        font-weight: 600;
      }
      .asked,
      .asked b {
        color: var(--wait);
      }
      .unwanted {
        color: var(--bad);
        font-size: var(--size-s);
        font-weight: 600;
      }
      .unwanted:empty {
        display: none;
      }
      .failed,
      .failed b {
        color: var(--bad);
      }
      @container (max-width: 57rem) {
        section {
          grid-template-columns: 1fr 1fr;
        }
        h2 {
          display: none;
        }
        .buttons {
          grid-column: 1 / -1;
        }
        .counts {
          grid-column: 1 / -1;
          justify-content: flex-start;
        }
      }
      /* A bar across the page would be louder than what it starts; on a phone it is a target. */
      @container (max-width: 30rem) {
        .main {
          flex: 1;
        }
      }
    `,
  ]
}

const UNWANTED =
  'This server takes nothing unsigned, and the traffic has no signed-in author: it has stopped.'
const SKIPPED = 'Due while the page was out of view, or while too many were unanswered, and left out'

customElements.define('traffic-generator', TrafficGenerator)
