/**
 * `<live-lab data-transports="sse,websocket" data-traffic data-chart>`: the lab itself, inside of a
 * chapter, set up for the point that is being made.
 *
 * It connects when the reader says so, and one at a time: over HTTP/1.1 a browser gives one server
 * six connections for all its tabs, and a few open chapters would use them up.
 */
import { html, LitElement, nothing } from 'lit'
import { unitInAddress } from '../../../../lab/client/descriptor.ts'
import { SETTINGS } from '../../../../transports/descriptors.ts'
import type { TransportName } from '../../../../transports/manifest.ts'
import { type Series, seriesOf } from '../../../../web/elements/figures/series.ts'
import type { TrafficGenerator } from '../../../../web/elements/figures/traffic-generator.ts'
import type { ChatLane, LiveSettings } from '../../../../web/elements/lane/chat-lane.ts'
import type { PageLane } from '../../../../web/faults/bench.ts'
import { visibleSince } from '../../../../web/frame.ts'
import { type FigureName, USUAL_FIGURES } from '../../../../web/model/figures/names.ts'
import { createStopwatch } from '../../../../web/model/figures/stopwatch.ts'
import type { FileIntake } from '../../../../web/page/files.ts'
import { SILENCE } from '../../../../web/page/slider-settings.ts'
import { areAllCommitted, COMMITTED } from '../predict-reveal.ts'
import type { LiveFaults } from './live-faults.ts'
import type { LiveServers } from './live-servers.ts'

type Parts = typeof import('./lab-elements.ts')

type Status = 'off' | 'starting' | 'on' | 'failed'

export class LiveLab extends LitElement {
  static override properties = { status: { state: true }, running: { state: true } }
  declare status: Status
  declare running: boolean

  #series: readonly Series[] = []
  readonly #stopwatch = createStopwatch(visibleSince)
  readonly #settings: LiveSettings = {}
  /** Null until it is started. */
  #lab: Parts | null = null
  #files: FileIntake | null = null
  /** Null when nothing can be broken here, and no ledger is kept. */
  #faults: LiveFaults | null = null
  /** Null where the lab itself serves the lanes. */
  #servers: LiveServers | null = null
  #stopRefusing = () => {}

  constructor() {
    super()
    this.status = 'off'
    this.running = false
  }

  /** Without a shadow: it is part of the page, and docs.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    this.replaceChildren() // what stands there for those without a script
    super.connectedCallback()
    document.addEventListener(COMMITTED, this.#onChange)
    WIDE.addEventListener('change', this.#onChange)
  }

  readonly #onChange = () => this.requestUpdate()

  get #transports(): readonly TransportName[] {
    return (this.dataset.transports ?? '').split(',') as TransportName[]
  }

  /** One room per chapter: who learns in the same class meets there. */
  get #room(): string {
    if (this.#servers) return this.#servers.room
    return `chapter-${document.querySelector<HTMLElement>('main')?.dataset.chapter ?? 'x'}`
  }

  async #start(): Promise<void> {
    for (const other of document.querySelectorAll<LiveLab>('live-lab')) other.stop()
    this.status = 'starting'
    for (const setting of SETTINGS.values()) {
      const given = this.dataset[setting.param]
      if (given) this.#settings[setting.name] = Number(given) * unitInAddress(setting)
    }
    try {
      const lab = await import('./lab-elements.ts')
      if (this.dataset.bytes !== undefined) await import('../../../../web/scope/lab-scope.ts')
      const faults = await this.#loadFaults()
      // Unless another was started meanwhile, which has stopped this one.
      if (!this.#isStarting) return faults?.stop()
      const servers = await this.#loadServers()
      if (!this.#isStarting) return servers?.stop()
      this.#servers = servers
      this.#lab = lab
      this.#faults = faults
      this.#files ??= lab.createFileIntake({
        to: () => ({ room: this.#room, name: lab.rememberedGuest() }),
        onChange: () => this.requestUpdate(),
      })
      this.#stopRefusing = lab.refuseFilesElsewhere()
      this.status = 'on'
    } catch {
      if (this.#isStarting) this.status = 'failed'
    }
  }

  async #loadFaults(): Promise<LiveFaults | null> {
    const { faults, ledger } = this.dataset
    this.#series = seriesOf(this.#transports)
    if (faults === undefined && ledger === undefined) return null
    const { createLiveFaults } = await import('./live-faults.ts')
    return createLiveFaults({
      faults: faults?.split(',') ?? [],
      hasLedger: ledger !== undefined,
      lanes: () => this.#pageLanes,
      room: () => this.#room,
      stopwatch: this.#stopwatch,
      reset: () => this.#reset(),
      onChange: () => this.requestUpdate(),
    })
  }

  /** Two servers of this visitor's own, where the part is about several. */
  async #loadServers(): Promise<LiveServers | null> {
    if (this.dataset.servers === undefined) return null
    const { createLiveServers } = await import('./live-servers.ts')
    return createLiveServers({
      lanes: () => this.#pageLanes,
    })
  }

  get #pageLanes(): readonly PageLane[] {
    return this.#series.map(({ transport: name, ...rest }) => ({
      ...{ ...rest, name, lane: this.#lanes.find((one) => one.transport === name)?.lane ?? null },
    }))
  }

  get #figures(): readonly FigureName[] {
    const { figures } = this.dataset
    return figures === undefined ? USUAL_FIGURES : (figures.split(',') as FigureName[])
  }

  /** What each lane does and what to watch: beside each other in wide columns, and not above each other on a phone. */
  get #hasRoomForWords(): boolean {
    return WIDE.matches && this.#transports.length <= 3
  }

  get #lanes(): readonly ChatLane[] {
    return [...this.querySelectorAll<ChatLane>('chat-lane')]
  }

  get #isStarting(): boolean {
    return this.status === 'starting'
  }

  stop(): void {
    this.status = 'off'
    this.running = false
    this.#leave()
  }

  #leave(): void {
    this.#stopRefusing()
    this.#faults?.stop()
    this.#faults = null
    this.#servers?.stop()
    this.#servers = null
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener(COMMITTED, this.#onChange)
    WIDE.removeEventListener('change', this.#onChange)
    this.#leave()
  }

  override render() {
    return html`<div class="live-start">
        <button class=${this.status === 'on' ? '' : 'main'} ?disabled=${this.status === 'starting'} @click=${this.#toggle}>
          ${this.status === 'on' ? 'Stop this live part' : 'Start this live part'}
        </button>
        <p role="status">${IN_WORDS[this.status]}</p>
      </div>
      ${this.status === 'on' ? this.#parts() : nothing}`
  }

  #parts() {
    const { traffic, chart, table, here, rate, size } = this.dataset
    const files = this.#servers ? null : this.#files // those servers take none
    return html`<div class="live-parts">
      ${
        traffic === undefined
          ? nothing
          : html`<traffic-generator
            compact
            .room=${this.#room}
            .under=${this.#servers?.under ?? ''}
            .rate=${Number(rate ?? 1)}
            .size=${Number(size ?? 64)}
            .running=${this.running}
            .stopwatch=${this.#stopwatch}
            @setting=${this.#onTraffic}
            @reset=${this.#reset}
          ></traffic-generator>`
      }
      ${this.#faults?.breaking()}
      ${this.#servers?.card()}
      <div
        class="live-lanes"
        @dragover=${files?.onDragOver}
        @drop=${files?.onDrop}
        @files=${files?.onFiles}
      >
        ${this.#series.map(
          ({ transport, latencies }) => html`<chat-lane
            .transport=${transport}
            .room=${this.#room}
            .under=${this.#servers?.under ?? ''}
            .via=${this.#faults?.viaOf(transport) ?? ''}
            .silence=${this.#faults?.silence ?? SILENCE.usual}
            compact
            labelled
            ?words=${this.#hasRoomForWords}
            .figures=${this.#figures}
            .calm=${!this.running}
            .present=${here !== undefined || this.#servers !== null}
            .takesFiles=${this.#servers === null}
            .hints=${areAllCommitted()}
            .settings=${this.#settings}
            .stopwatch=${this.#stopwatch}
            .latencies=${latencies}
          >${this.#faults?.onLane(transport)}${this.#servers?.onLane(transport)}</chat-lane>`,
        )}
      </div>
      ${this.dataset.bytes === undefined ? nothing : html`<lab-scope></lab-scope>`}
      <div class="live-news" role="status">${this.#files && this.#lab?.dismissible(this.#files.words, this.#files.dismiss)}</div>
      ${this.#faults?.ledger()}
      ${chart === undefined ? nothing : html`<div class="live-chart"><latency-chart .series=${this.#series}></latency-chart></div>`}
      ${table === undefined ? nothing : html`<div class="live-chart"><latency-table .series=${this.#series}></latency-table></div>`}
    </div>`
  }

  #toggle(): void {
    if (this.status === 'on') this.stop()
    else void this.#start()
  }

  #onTraffic(event: Event): void {
    const generator = event.target as TrafficGenerator
    this.running = generator.running
    this.dataset.rate = String(generator.rate)
    this.dataset.size = String(generator.size)
  }

  #reset(): void {
    for (const { lane } of this.#lanes) lane?.reset()
    this.#faults?.onReset()
  }
}

const WIDE = matchMedia('(min-width: 48rem)')

const IN_WORDS: Record<Status, string> = {
  off: 'Connects to your own running lab.',
  starting: 'Starting…',
  on: '',
  failed: 'It could not be loaded. Is the lab still running?',
}

customElements.define('live-lab', LiveLab)
