/**
 * `<pitfall-panel>`: the pitfalls. A reader chooses one and a lane, switches it on, brings it out, and reads which test turns red
 * by it and which line of the lab avoids it.
 *
 * Fires `choose`, a CustomEvent whose `detail` is the name of the pitfall that the reader has chosen; null for none.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import type { ActivePitfall, PitfallAbout, PitfallsState } from '../../lab/wires/pitfalls/control.ts'
import { teacherToken } from '../class/teacher-token.ts'
import type { PageLane } from '../faults/bench.ts'
import { bannerStyles, panelStyles } from '../faults/panel-styles.ts'
import { reportUrl } from '../faults/words.ts'
import type { Wires } from '../model/wires/wires.ts'
import { browserPlatform } from '../platform.ts'
import { sentence } from '../words.ts'
import { bringOut } from './bring-out.ts'
import { pitfallStyles } from './pitfall-styles.ts'
import { rememberTitles, sourceUrl, titleOf } from './words.ts'

export class PitfallPanel extends LitElement {
  static override properties = {
    wires: { attribute: false },
    lanes: { attribute: false },
    wanted: { attribute: false },
    told: { state: true },
    chosen: { state: true },
    lane: { state: true },
    problem: { state: true },
    isPlaying: { state: true },
  }
  declare wires: Wires
  declare lanes: () => readonly PageLane[]
  /** The one that the page's address names; null for none. */
  declare wanted: string | null
  /** What the server offers; null until it has answered. */
  declare told: PitfallsState | null
  declare chosen: string | null
  /** The lane that it is for, by name. */
  declare lane: string
  declare problem: string | null
  declare isPlaying: boolean
  #stop = () => {}
  #gone = new AbortController()

  constructor() {
    super()
    this.wanted = null
    this.told = null
    this.chosen = null
    this.lane = ''
    this.problem = null
    this.isPlaying = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#gone = new AbortController()
    this.#stop = this.wires.onChange(() => this.requestUpdate())
    void this.#try(() => this.#ask())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
    this.#gone.abort()
  }

  async #ask(): Promise<void> {
    this.told = await this.wires.pitfalls()
    rememberTitles(this.told.pitfalls)
    this.#open(this.wanted)
  }

  override render() {
    const { told } = this
    return html`<section aria-labelledby="title">
      <h2 id="title" class="sr-only">Pitfalls</h2>
      ${this.#active()}
      <p class="problem" role="alert">${this.problem ?? nothing}</p>
      ${told?.off ? this.#teacher(told.off) : nothing}
      <div class="row" role="group" aria-label="Pitfalls">
        ${(told?.pitfalls ?? []).map((one) => this.#choice(one))}
      </div>
      ${this.#detail()}
    </section>`
  }

  /** There from the beginning, so that a screen reader is told of what comes into it. */
  #active() {
    return html`<div class="active-list" role="status">
      ${this.wires.info.pitfalls.map(
        ({ pitfall, lane }) => html`<p class="active">
          <span><strong>Pitfall on: ${titleOf(pitfall)}.</strong> ${this.#shortOf(lane)} is broken on purpose.</span>
          <button @click=${() => this.#try(() => this.wires.switchPitfallOff(lane))} aria-label=${`Switch off ${titleOf(pitfall)}`}>Switch off</button>
        </p>`,
      )}
    </div>`
  }

  #teacher(off: string) {
    return html`<p class="note">${sentence(off)}</p>
      ${teacherToken((token) =>
        this.#try(async () => {
          await this.wires.useToken(token)
          await this.#ask()
        }),
      )}`
  }

  #choice({ name, title }: PitfallAbout) {
    const isOn = this.wires.info.pitfalls.some(({ pitfall }) => pitfall === name)
    return html`<button
      data-pitfall=${name}
      class=${isOn ? 'on' : ''}
      aria-expanded=${this.chosen === name}
      aria-controls="detail"
      @click=${() => this.#choose(name)}
    >${title}${isOn ? ' (on)' : ''}</button>`
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('wanted') && this.told) this.#open(this.wanted)
  }

  #choose(name: string): void {
    this.#open(this.chosen === name ? null : name)
    this.dispatchEvent(new CustomEvent('choose', { detail: this.chosen }))
  }

  #open(name: string | null): void {
    this.chosen = name
    const lanes = this.#about?.lanes ?? []
    if (!lanes.includes(this.lane)) this.lane = lanes[0] ?? ''
  }

  get #about(): PitfallAbout | undefined {
    return this.told?.pitfalls.find(({ name }) => name === this.chosen)
  }

  get #on(): ActivePitfall | undefined {
    return this.wires.info.pitfalls.find(({ pitfall, lane }) => pitfall === this.chosen && lane === this.lane)
  }

  #shortOf(lane: string): string {
    return this.lanes().find(({ name }) => name === lane)?.short ?? lane
  }

  #detail() {
    const about = this.#about
    if (!about)
      return html`<div id="detail" class="note" ?hidden=${this.chosen === null || this.told === null}>
        This version of the lab knows no pitfall “${this.chosen}”.
      </div>`
    const { title, models, report, lanes, brings, shows, redTest, mend } = about
    const url = reportUrl(report)
    const isOn = this.#on !== undefined
    return html`<div id="detail" class="detail">
      <p><b>${title}.</b> ${models} ${url ? html`<a href=${url} rel="noreferrer" target="_blank">Met in ${report}</a>` : report}</p>
      <div class="row">
        <label>Lane <select .value=${this.lane} @change=${(event: Event) => (this.lane = (event.target as HTMLSelectElement).value)}>
          ${lanes.map((name) => html`<option value=${name} ?selected=${name === this.lane}>${this.#shortOf(name)}</option>`)}
        </select></label>
        <button class="main" ?disabled=${!!this.told?.off && !isOn} @click=${() => this.#try(() => this.#toggle(about, isOn))}>
          ${isOn ? 'Switch it off' : 'Switch it on'}
        </button>
        ${
          brings.length === 0
            ? nothing
            : html`<button ?disabled=${this.isPlaying} @click=${() => this.#try(() => this.#play(about))}>
                ${this.isPlaying ? 'Bringing it out…' : isOn ? 'Bring it out' : 'Try the same without it'}
              </button>`
        }
      </div>
      <dl>
        <dt>Where it shows</dt><dd>${shows}</dd>
        <dt>The red test</dt><dd>${redTest}</dd>
        <dt>The mend</dt><dd><a href=${sourceUrl(mend)}>${mend.file}</a>: <code>${mend.code}</code></dd>
      </dl>
    </div>`
  }

  async #toggle({ name }: PitfallAbout, isOn: boolean): Promise<void> {
    if (isOn) await this.wires.switchPitfallOff(this.lane)
    else await this.wires.switchPitfallOn(name, this.lane)
  }

  async #play(about: PitfallAbout): Promise<void> {
    this.isPlaying = true
    const { wires, lanes } = this
    try {
      await bringOut(about, this.lane, {
        ...{ wires, lanes, clock: browserPlatform.clock, signal: this.#gone.signal },
      })
    } finally {
      this.isPlaying = false
    }
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    this.problem = null
    try {
      await act()
    } catch (thrown) {
      this.problem = sentence(ChatError.from(thrown).message)
    }
  }

  static override styles = [shared, panelStyles, bannerStyles, pitfallStyles]
}

customElements.define('pitfall-panel', PitfallPanel)
