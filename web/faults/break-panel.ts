/**
 * `<break-panel>`: the switches of the faults. A reader chooses lanes, then a fault or a preset, turns its settings and
 * says for how long; the server makes it on the lanes' own wires.
 *
 * Fires `setting`, a CustomEvent whose `detail` is what has been changed: `{ onePort }`, whether all lanes share the server's
 * port, or `{ silence }`, after how many seconds without a sign of life a lane gives its connection up. Fires `switches`, whose
 * `detail` is where the switches stand, as an address has it; and `forget` when the reader wants no more of what the link names.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import { swatch, swatchStyles } from '../../benchmarks/plots/swatch.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { drawEvery } from '../elements/figures/draw-every.ts'
import '../elements/lab-slider.ts'
import { type FaultInAddress, USUAL_SECONDS } from '../model/wires/fault-in-address.ts'
import type { FaultChoice, FaultInfo, Preset } from '../model/wires/wires-info.ts'
import { SILENCE } from '../page/slider-settings.ts'
import { sentence } from '../words.ts'
import type { Bench, PageLane } from './bench.ts'
import { breakStyles } from './break-panel-styles.ts'
import type { FaultOrder } from './fault-detail.ts'
import './fault-detail.ts'
import './fault-times.ts'
import { linkedFaults, orderOf } from './link/linked-words.ts'
import { bannerStyles, panelStyles } from './panel-styles.ts'
import { leftInWords } from './words.ts'

const DRAW_EVERY_MS = 250

/** A preset is there for so long, and touches only the reader's own connections. */
const AS_USUAL = { seconds: USUAL_SECONDS, whose: 'mine' } as const

export class BreakPanel extends LitElement {
  static override properties = {
    bench: { attribute: false },
    onePort: { type: Boolean },
    silence: { type: Number },
    linked: { attribute: false },
    chosen: { state: true },
    problem: { state: true },
  }
  declare bench: Bench
  /** All lanes share the server's port: then no wire is a lane's own. */
  declare onePort: boolean
  /** In seconds. */
  declare silence: number
  /** What the page's link names. None of it is set before the reader says so. */
  declare linked: readonly FaultInAddress[]
  /** The fault whose settings are shown, by name. */
  declare chosen: string | null
  declare problem: string | null

  /** Lanes that are left alone, by name. */
  readonly #spared = new Set<string>()
  #stop: readonly (() => void)[] = []

  constructor() {
    super()
    this.onePort = false
    this.silence = SILENCE.usual
    this.linked = []
    this.chosen = null
    this.problem = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const draw = () => this.requestUpdate()
    const tick = () => {
      if (this.bench.wires.info.active.length > 0) draw()
    }
    this.#stop = [this.bench.wires.onChange(draw), drawEvery(DRAW_EVERY_MS, tick)]
    void this.bench.wires.lookUnlessFresh()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.#stop) stop()
  }

  /** Lanes that have a wire of their own. */
  get #wired(): readonly PageLane[] {
    const { lanes } = this.bench.wires.info
    return this.bench.lanes().filter(({ name }) => lanes.some((one) => one.name === name))
  }

  get #aimed(): readonly string[] {
    return this.#wired.map(({ name }) => name).filter((name) => !this.#spared.has(name))
  }

  override render() {
    const { info } = this.bench.wires
    return html`<section aria-labelledby="title">
      <h2 id="title" class="sr-only">Break the network</h2>
      ${info.single || this.onePort ? this.#singleWords() : nothing}
      ${this.#active()}
      <p class="problem" role="alert">${this.problem ?? nothing}</p>
      ${this.#linked()}
      ${this.#lanes()}
      ${
        info.presets.length === 0
          ? nothing
          : html`<div class="row" role="group" aria-label="Presets">
            <span class="label">As in the world</span>
            ${info.presets.map((preset) => this.#preset(preset))}
          </div>`
      }
      <div class="row" role="group" aria-label="Faults">
        <span class="label">One fault</span>
        ${info.faults.map((fault) => this.#fault(fault))}
      </div>
      ${this.#detail()}
      <fault-times .bench=${this.bench}></fault-times>
      <div class="row settings">
        <label>
          <input type="checkbox" .checked=${this.onePort} ?disabled=${info.single} @change=${() => this.#set({ onePort: !this.onePort })}>
          All lanes on one port: they share the browser’s six connections to it (HTTP/1.1)
        </label>
        <lab-slider
          .setting=${SILENCE}
          .value=${this.silence}
          @turn=${({ detail }: CustomEvent<number>) => this.#set({ silence: Math.round(detail) })}
        ></lab-slider>
      </div>
    </section>`
  }

  #singleWords() {
    const why = this.bench.wires.info.single
      ? 'This lab was started with one port for all lanes (--single-port)'
      : 'All lanes are on one port now'
    return html`<p class="note">${why}, so no lane has a wire of its own to break. What the server itself can do is still here.</p>`
  }

  #active() {
    const { wires } = this.bench
    const { active } = wires.info
    const titles = new Map(this.bench.lanes().map(({ name, short }) => [name, short]))
    return html`<div class="active-list" role="status">
      ${active.map(
        (fault) => html`<p class="active">
          <strong>${this.#titleOf(fault.fault)}</strong>
          on ${fault.lanes.map((name) => titles.get(name) ?? name).join(', ') || 'the server'}:
          <span aria-hidden="true">${leftInWords(wires.leftMs(fault))}</span>
          ${
            fault.mine || wires.info.mayAll
              ? html`<button @click=${() => this.#try(() => wires.heal(fault.id))} aria-label=${`Heal ${this.#titleOf(fault.fault)}`}>Heal</button>`
              : nothing
          }
        </p>`,
      )}
      ${active.length > 1 ? html`<button @click=${() => this.#try(wires.healAll)}>Heal all of mine</button>` : nothing}
    </div>`
  }

  #titleOf(name: string): string {
    return this.bench.wires.info.faults.find((one) => one.name === name)?.title ?? name
  }

  #lanes() {
    const wired = this.#wired
    if (wired.length === 0) return nothing
    return html`<fieldset class="row">
      <legend class="label">On these lanes</legend>
      ${wired.map(
        ({ name, short, place }) => html`<label class="lane">
          <input type="checkbox" .checked=${!this.#spared.has(name)} @change=${() => this.#spare(name)}>
          ${swatch(place)} ${short}
        </label>`,
      )}
      <button @click=${this.#all}>${this.#spared.size > 0 ? 'All' : 'None'}</button>
    </fieldset>`
  }

  #linked() {
    const { wires } = this.bench
    return linkedFaults({
      faults: this.linked,
      info: wires.info,
      shortOf: (name) => this.bench.lanes().find((one) => one.name === name)?.short ?? name,
      isOnePort: this.onePort,
      onBreak: (faults) =>
        this.#try(async () => {
          for (const one of faults) await wires.set(orderOf(one, wires.info))
        }),
      onForget: () => this.dispatchEvent(new CustomEvent('forget')),
    })
  }

  #spare(name: string): void {
    if (!this.#spared.delete(name)) this.#spared.add(name)
    this.#tellSwitches()
    this.requestUpdate()
  }

  #all(): void {
    const isAll = this.#spared.size === 0
    this.#spared.clear()
    if (isAll) for (const { name } of this.#wired) this.#spared.add(name)
    this.#tellSwitches()
    this.requestUpdate()
  }

  #preset(preset: Preset) {
    const faults = this.bench.wires.info.faults.filter(({ name }) =>
      preset.faults.some(({ fault }) => fault === name),
    )
    const off = faults.find((fault) => fault.off !== null)?.off
    return html`<button
      title=${off ?? preset.models}
      ?disabled=${!!off || faults.some((fault) => this.#isOnNone(fault))}
      @click=${() => this.#try(() => this.#breakAs(preset))}
    >${preset.title}</button>`
  }

  #fault({ name, title, off }: FaultInfo) {
    return html`<button
      data-fault=${name}
      class=${off === null ? '' : 'off'}
      aria-expanded=${this.chosen === name}
      aria-controls="detail"
      @click=${() => this.#choose(name)}
    >${title}</button>`
  }

  #detail() {
    const fault = this.bench.wires.info.faults.find(({ name }) => name === this.chosen)
    if (!fault) return html`<div id="detail" hidden></div>`
    return html`<fault-detail
      id="detail"
      .fault=${fault}
      .mayAll=${this.bench.wires.info.mayAll}
      .isOnNone=${this.#isOnNone(fault)}
      @turn=${({ detail }: CustomEvent<FaultOrder>) => this.#turn([{ ...detail, fault: fault.name }], detail)}
      @break=${({ detail }: CustomEvent<FaultOrder>) => this.#try(() => this.#break([{ ...detail, fault: fault.name }], detail))}
    ></fault-detail>`
  }

  #choose(name: string): void {
    this.chosen = this.chosen === name ? null : name
    if (this.chosen === null) this.#turn([], AS_USUAL) // else its settings come with what shows them
  }

  #breakAs({ faults }: Preset): Promise<void> {
    this.chosen = null
    this.#turn(faults, AS_USUAL)
    return this.#break(faults)
  }

  /** Where the switches stand: faults with their settings, and for how long. */
  #turn(faults: readonly FaultChoice[], { seconds }: Pick<FaultOrder, 'seconds'>): void {
    this.#turned = faults.map(({ fault, settings }) => ({ fault, settings, seconds }))
    this.#tellSwitches()
  }
  #turned: readonly Omit<FaultInAddress, 'lanes'>[] = []

  #tellSwitches(): void {
    const lanes = this.#spared.size === 0 ? null : this.#aimed
    const detail = lanes?.length === 0 ? [] : this.#turned.map((one) => ({ ...one, lanes }))
    this.dispatchEvent(new CustomEvent('switches', { detail }))
  }

  protected override updated(changed: PropertyValues<this>): void {
    // The panel may scroll: what was asked for is not to be looked for.
    if (changed.has('chosen') && this.chosen !== null)
      this.renderRoot.querySelector('#detail')?.scrollIntoView({ block: 'nearest' })
  }

  /** What happens on a wire needs a lane that has one. */
  #isOnNone({ scope }: FaultInfo): boolean {
    return scope === 'wire' && (this.#aimed.length === 0 || this.onePort)
  }

  async #break(
    faults: readonly FaultChoice[],
    order: Omit<FaultOrder, 'settings'> = AS_USUAL,
  ): Promise<void> {
    const { wires } = this.bench
    // In a chapter there are fewer than the server has, and the others may be those of another tab.
    const isAll = this.#aimed.length === wires.info.lanes.length
    const lanes = isAll ? 'all lanes' : this.#aimed
    for (const { fault, settings } of faults) {
      const isOnce = wires.info.faults.find(({ name }) => name === fault)?.isOnce
      await wires.set({ fault, lanes, settings, seconds: isOnce ? null : order.seconds, whose: order.whose })
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

  #set(detail: { readonly onePort?: boolean; readonly silence?: number }): void {
    this.dispatchEvent(new CustomEvent('setting', { detail }))
  }

  static override styles = [shared, swatchStyles, panelStyles, bannerStyles, breakStyles]
}

customElements.define('break-panel', BreakPanel)
