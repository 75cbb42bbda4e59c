/**
 * `<chat-lane transport="NAME" room="ROOM">`: one transport, seen at work.
 *
 * It stands by itself. Several on a page should be given the same `stopwatch`, so that what is
 * written in one is timed in all, and the same `settings`, which their sliders change.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import type { TransportDescriptor } from '../../../lab/client/descriptor.ts'
import type { Platform } from '../../../lab/client/platform.ts'
import type { ChatError } from '../../../lab/wire/errors.ts'
import { DESCRIPTORS, keepsRequestOpen } from '../../../transports/descriptors.ts'
import { loadClient } from '../../../transports/load-client.ts'
import { TRANSPORTS, type TransportName } from '../../../transports/manifest.ts'
import { afterThisFrame, inNextFrame, visibleSince } from '../../frame.ts'
import { rememberedGuest } from '../../guest.ts'
import { me } from '../../me.ts'
import { createLatencies, type Latencies } from '../../model/figures/latencies.ts'
import type { FigureName } from '../../model/figures/names.ts'
import { createStopwatch, type Stopwatch } from '../../model/figures/stopwatch.ts'
import { createLane, type Lane } from '../../model/lane.ts'
import { createRush, RUSH_SPAN_MS, untilNextDraw } from '../../model/rush.ts'
import { byWire } from '../../model/wires/by-wire.ts'
import { SILENCE, sliderSettingOf } from '../../page/slider-settings.ts'
import type { LaneDefect } from '../../pitfalls/lane-defect.ts'
import { browserPlatform, commonBackoff } from '../../platform.ts'
import { tabs } from '../../tabs.ts'
import { busyMeter } from '../figures/page-busy.ts'
import { laneStyles } from './chat-lane-styles.ts'
import '../lab-slider.ts'
import './lane-composer.ts'
import './lane-figures.ts'
import './lane-here.ts'
import './lane-log.ts'
import type { LaneLog } from './lane-log.ts'
import './lane-state.ts'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { swatch, swatchStyles } from '../../../benchmarks/plots/swatch.ts'
import { choiceInWords, type Mine, NOT_SIGNED_IN } from '../../words.ts'
import { writingAt } from '../../writings.ts'

/** What stands around a conversation is read, and not watched: in a rush it is drawn so often, in milliseconds. */
const REST_EVERY_MS = 250

/** Settings that a person is turning. */
export type LiveSettings = Record<string, number>

/**
 * Fires `setting`, a CustomEvent whose `detail` is the key of the setting that its slider has changed; `closed` when the
 * server has closed the room to it; `status`, when the connection has another status; and `rooms`, when the server has told over this lane that one's own rooms are others
 * now, with a number that tells two changes apart.
 */
export class ChatLane extends LitElement {
  static override properties = {
    transport: { type: String },
    room: { type: String },
    author: { type: String },
    server: { type: String },
    via: { type: String },
    under: { type: String },
    silence: { type: Number },
    calm: { type: Boolean },
    present: { type: Boolean },
    moderates: { type: Boolean },
    takesFiles: { type: Boolean },
    hints: { attribute: false },
    settings: { attribute: false },
    stopwatch: { attribute: false },
    latencies: { attribute: false },
    platform: { attribute: false },
    compact: { type: Boolean, reflect: true },
    words: { type: Boolean, reflect: true },
    labelled: { type: Boolean, reflect: true },
    figures: { attribute: false },
    large: { type: Boolean, reflect: true },
    defect: { attribute: false },
    focused: { state: true },
    failed: { state: true },
  }
  declare transport: TransportName
  declare room: string
  declare author: string
  /** The origin of the server, as `http://host:port`. */
  declare server: string
  /** The origin of the port that is this lane's wire; {@link server} when it is ''. */
  declare via: string
  /** The path below which transports and rooms are; '' for the server's own. */
  declare under: string
  /** How long it may hear nothing before it gives its connection up, in seconds. */
  declare silence: number
  /** Whether arrivals are rare enough to be read out. */
  declare calm: boolean
  /** Whether this lane is counted among those who are in the room, and shows who else is. */
  declare present: boolean
  /** Whether who has signed in may edit and remove what others have said. */
  declare moderates: boolean
  /** Whether the page sends the files of the `files` event, which the composer fires. */
  declare takesFiles: boolean
  /** Whether it says what to watch. A chapter leaves that out while it asks for a prediction. */
  declare hints: boolean
  declare settings: LiveSettings
  declare stopwatch: Stopwatch
  declare latencies: Latencies
  declare platform: Platform
  /** One of several columns that are to be in view together: small, and without words unless {@link words}. */
  declare compact: boolean
  declare words: boolean
  /** Whether its button says in words what it does, in a compact lane too: where a text speaks of it. */
  declare labelled: boolean
  /** Which figures it shows; null for all that have room. */
  declare figures: readonly FigureName[] | null
  /** For a projector: its name, its state, what came, and how late. */
  declare large: boolean
  /** What is broken in this lane on purpose; null in a sound one. */
  declare defect: LaneDefect | null
  declare focused: boolean
  /** The code of the transport could not be loaded. */
  declare failed: boolean

  /** Null until the transport's code has been loaded. */
  #lane: Lane | null = null
  #about: TransportDescriptor | null = null
  #version = 0
  /** The same of what stands around the conversation. */
  #restVersion = 0
  #frameIsDue = false
  readonly #rush = createRush()
  #isRush = false
  /** Draws all lines again when a rush is over. */
  #afterRush: ReturnType<typeof setTimeout> | undefined
  #stopListening = () => {}
  #stopFollowing = () => {}
  #isAsleep = false
  /** The id of the person who opened the connection; '' for a visitor. */
  #openedBy = ''

  constructor() {
    super()
    this.room = 'lobby'
    this.author = rememberedGuest()
    this.server = location.origin
    this.via = ''
    this.under = ''
    this.silence = SILENCE.usual
    this.calm = true
    this.present = false
    this.moderates = false
    this.takesFiles = false
    this.compact = false
    this.words = false
    this.labelled = false
    this.figures = null
    this.large = false
    this.hints = true
    this.settings = {}
    this.stopwatch = createStopwatch(visibleSince)
    this.latencies = createLatencies()
    this.platform = browserPlatform
    this.defect = null
    this.focused = false
    this.failed = false
    this.addEventListener('focusin', () => (this.focused = true))
    this.addEventListener('focusout', () => (this.focused = false))
  }

  /** The lane itself, for a page that wants to steer it; null until it is ready. */
  get lane(): Lane | null {
    return this.#lane
  }

  override connectedCallback(): void {
    super.connectedCallback()
    onPage.add(this)
    window.addEventListener('pagehide', this.#sleep)
    window.addEventListener('pageshow', this.#wake)
    document.addEventListener('freeze', this.#sleep)
    document.addEventListener('resume', this.#wake)
    this.#stopListening = me.onChange(() => this.#onPerson())
    this.#followTabs()
    if (this.hasUpdated) void this.#begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    onPage.delete(this)
    window.removeEventListener('pagehide', this.#sleep)
    window.removeEventListener('pageshow', this.#wake)
    document.removeEventListener('freeze', this.#sleep)
    document.removeEventListener('resume', this.#wake)
    this.#stopListening()
    this.#stopFollowing()
    this.#holds = undefined
    clearTimeout(this.#afterRush)
    this.#lane?.leave()
    this.#lane = null
    this.#tellOthers(false)
  }

  /**
   * A page that is left tells the server so, and is not kept by the browser with an open connection. So does one that is
   * frozen: nothing in it runs any more, while the browser goes on answering the server's pings for it.
   */
  readonly #sleep = () => {
    this.#isAsleep = true
    this.#restOrRise()
  }
  readonly #wake = () => {
    this.#isAsleep = false
    this.#restOrRise()
  }

  /** Tabs share the connections to one origin, so what counts is which one this lane holds a request open to. */
  #followTabs(): void {
    const holds = keepsRequestOpen(this.transport) ? this.#origin : null
    if (holds === this.#holds) return
    this.#stopFollowing()
    this.#stopFollowing = tabs.follow(() => this.#restOrRise(), holds)
    this.#holds = holds
  }
  /** Undefined while the lane is not on the page. */
  #holds: string | null | undefined

  get #origin(): string {
    return this.via === '' ? this.server : this.via
  }

  /** Whether the lane may be connected, if a person wants it to be. */
  #restOrRise(): void {
    const parked = this.#isOurServer ? tabs.parked : null
    const why = this.#isAsleep ? 'this page was put to sleep by the browser' : parked
    if (why) this.#lane?.sleep(why)
    else this.#lane?.wake()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const isElsewhere =
      changed.has('transport') || changed.has('server') || changed.has('via') || changed.has('under')
    if (isElsewhere && this.isConnected) this.#followTabs()
    if (isElsewhere || changed.has('room') || changed.has('defect')) void this.#begin()
  }

  /** Hangs up, if there was a connection, and opens one as the properties now say. */
  async #begin(): Promise<void> {
    const { transport: name, room, server, via, under, defect } = this
    this.#lane?.leave()
    this.#lane = null
    // Who I am comes first: a connection belongs to the person who opened it.
    const knowing = this.#isOurServer ? me.ready() : null
    const loading = Promise.all([loadClient(name, this.settings), knowing])
    const loaded = await loading.catch(() => null)
    // Meanwhile it may have been taken from the page, or told to be another one.
    const isStale =
      this.#lane !== null ||
      name !== this.transport ||
      room !== this.room ||
      server !== this.server ||
      via !== this.via ||
      under !== this.under ||
      defect !== this.defect
    if (isStale || !this.isConnected) return
    this.failed = loaded === null
    if (!loaded) return
    const [transport] = loaded

    this.#about = DESCRIPTORS.get(name) ?? null
    this.latencies.clear()
    const path = `${under}/transports/${name}/rooms/${room}/`
    this.#lane = createLane({
      transport: defect?.wrap(transport, this.settings) ?? transport,
      baseUrl: new URL(defect?.path ? `${defect.path}/rooms/${room}/` : path, this.#origin),
      roomUrl: new URL(`${under}/rooms/${room}/`, server),
      author: () => (this.#isOurServer ? me.person?.name : null) ?? this.author,
      platform: via === '' ? this.platform : byWire(this.platform),
      stopwatch: this.stopwatch,
      latencies: this.latencies,
      isPageBusy: () => busyMeter.reading?.isOver === true,
      present: this.present,
      silenceMs: () => this.silence * 1_000,
      ...(this.platform === browserPlatform && { backoffMs: defect?.backoffMs ?? commonBackoff }),
      onRooms: (version) => this.dispatchEvent(new CustomEvent('rooms', { detail: version })),
      writing: writingAt(new URL(path, server)), // the same by whichever port: what is unsent is handed over
      ...(this.#isOurServer && {
        writer: { id: () => me.person?.id ?? '', settled: me.settled },
        onDoubt: (refused) => this.#doubt(refused),
      }),
      onChange: () => this.#draw(),
    })
    this.#openedBy = whoIAm()
    this.#lane.connect()
    this.#restOrRise()
  }

  /** Who I am is known of the server that this page is from. */
  get #isOurServer(): boolean {
    return new URL(this.server).origin === location.origin
  }

  /** A connection stays its person's: for another person, it is opened again. */
  #onPerson(): void {
    const lane = this.#lane
    if (!lane || !this.#isOurServer || whoIAm() === this.#openedBy) return
    this.#openedBy = whoIAm()
    if (lane.state.status === 'closed') void this.#begin()
    else if (lane.wanted) {
      lane.disconnect()
      lane.connect()
      this.#restOrRise()
    }
    this.#draw()
  }

  /** The session may have ended elsewhere, the server may be another one, or it may have sent me away. */
  #doubt(refused: ChatError | null): void {
    if (refused) me.refused(refused)
    else void me.refresh()
    if (this.#lane?.state.status === 'closed') this.dispatchEvent(new CustomEvent('closed'))
  }

  /** Whatever has changed by the next frame is drawn by it, once. */
  #draw(): void {
    if (this.#frameIsDue) return
    this.#frameIsDue = true
    inNextFrame(this.#drawFrame)
  }

  readonly #drawFrame = (visible: boolean): void => {
    const lane = this.#lane
    const now = performance.now()
    if (lane && this.#isRush && visible && !mayDrawInRush(now)) {
      // By a timer: a frame that is asked for is made, though it would show the same.
      setTimeout(() => inNextFrame(this.#drawFrame), rushDrawing.next - now)
      return
    }
    this.#frameIsDue = false
    if (!lane) return
    this.#version++
    this.#isRush = this.#rush.look(lane.lines.at(-1)?.key ?? -1, now)
    if (!this.#isRush || this.#hasNews(lane, now)) this.#restVersion++
    clearTimeout(this.#afterRush)
    if (this.#isRush) this.#afterRush = setTimeout(() => this.#draw(), RUSH_SPAN_MS)
    if (visible) this.renderRoot.querySelector<LaneLog>('lane-log')?.look()
    this.requestUpdate()
    this.#tellStatus(lane)
    this.#tellOthers(lane.here !== null)
    const batch = lane.takeFresh()
    if (batch.length === 0) return
    if (visible) afterThisFrame(() => lane.shown(batch, this.platform.clock.now()))
    else lane.shown(batch, null)
  }

  /** Whether what stands around the conversation is drawn again in a rush: when it is another, or was drawn a while ago. */
  #hasNews(lane: Lane, now: number): boolean {
    const { state, here, unsent, refusal, editing, parked, choice, pending } = lane
    const rest = [state, here, unsent, refusal, editing, parked, choice, pending.length]
    if (now - this.#restAt < REST_EVERY_MS && rest.every((one, index) => one === this.#rest[index]))
      return false
    this.#restAt = now
    this.#rest = rest
    return true
  }
  #rest: readonly unknown[] = []
  #restAt = 0

  /** The other lanes of the page count this one among their own as soon as it is told who is here. */
  #tellOthers(isHere: boolean): void {
    if (isHere === this.#isHere) return
    this.#isHere = isHere
    for (const other of onPage) if (other !== this) other.requestUpdate()
  }
  #isHere = false

  #tellStatus({ state: { status } }: Lane): void {
    if (status === this.#toldStatus) return
    this.#toldStatus = status
    this.dispatchEvent(new CustomEvent('status'))
  }
  #toldStatus: Lane['state']['status'] | null = null

  override render() {
    const lane = this.#lane
    const about = this.#about
    if (this.failed) {
      return html`<p class="failed" role="alert">
        This lane’s code could not be loaded. Is the server running? <button @click=${() => location.reload()}>Reload</button>
      </p>`
    }
    if (!lane || !about) return html`<div class="to-come"></div>`
    const { title, short, idea, watch } = about
    const [version, rest] = [this.#version, this.#restVersion]
    // One that the server has closed is not connected, whatever a person wants.
    const isOn = lane.wanted && lane.state.status !== 'closed'
    const isIcon = this.compact && !this.labelled
    return html`<section aria-labelledby="title" data-series=${TRANSPORTS.indexOf(this.transport) + 1}>
      <header>
        <h2 id="title" title=${this.compact ? `${title}. ${idea}` : nothing}>
          ${swatch(TRANSPORTS.indexOf(this.transport) + 1)} <span>${this.compact ? short : title}</span>
        </h2>
        <button
          @click=${this.#toggle}
          aria-label=${`${isOn ? 'Disconnect' : 'Reconnect'} ${short}`}
          title=${isIcon ? (isOn ? 'Disconnect' : 'Reconnect') : nothing}
        >${isIcon ? PLUG : isOn ? 'Disconnect' : 'Reconnect'}</button>
      </header>
      <p class="idea">${idea}</p>
      <div class="sliders">${this.#choice(about, lane)}${this.#sliders(about)}</div>
      <div>
        <slot name="faults"></slot>
        <lane-state ?compact=${this.compact} .lane=${lane} .version=${rest} .name=${short}></lane-state>
      </div>
      <lane-log
        ?compact=${this.compact}
        .lane=${lane}
        .version=${version}
        .name=${short}
        .spoken=${this.focused && this.calm}
        .rushing=${this.#isRush}
        .me=${this.#isOurServer ? (me.person?.id ?? null) : null}
        .moderates=${this.moderates}
      ></lane-log>
      <lane-here
        ?compact=${this.compact}
        .lane=${lane}
        .version=${rest}
        .name=${short}
        .spoken=${this.focused && this.calm}
        .mine=${this.#mine()}
      ></lane-here>
      <lane-composer
        ?compact=${this.compact}
        .lane=${lane}
        .version=${rest}
        .name=${short}
        .takesFiles=${this.takesFiles}
      ></lane-composer>
      <lane-figures
        ?compact=${this.compact}
        ?large=${this.large}
        ?words=${this.words}
        .wanted=${this.figures}
        .lane=${lane}
        .latencies=${this.latencies}
      ></lane-figures>
      ${this.hints ? html`<p class="watch"><b>Watch:</b> ${watch}</p>` : nothing}
    </section>`
  }

  /** What of those who are here is this page itself. */
  #mine(): Mine {
    const together = [...onPage].filter(
      ({ room, server, lane }) => room === this.room && server === this.server && lane?.here,
    )
    const person = this.#isOurServer ? me.person : null
    const mine: Mine = { id: person?.id ?? null, name: person?.name ?? null, lanes: together.length }
    const was = this.#wasMine
    // The same object while it is the same: what it is given to draws again only then.
    if (mine.id !== was.id || mine.name !== was.name || mine.lanes !== was.lanes) this.#wasMine = mine
    return this.#wasMine
  }
  #wasMine: Mine = NOT_SIGNED_IN

  /** What carries a lane that chooses among others, and what was tried before. */
  #choice({ carriedBy }: TransportDescriptor, { choice }: Lane) {
    if (typeof carriedBy !== 'object') return nothing
    const titleOf = (name: string) => DESCRIPTORS.get(name as TransportName)?.title ?? name
    const words = choice ? choiceInWords(choice, titleOf) : 'Nothing is chosen yet.'
    return html`<p class="choice" aria-live="polite">${words}</p>`
  }

  #sliders({ settings }: TransportDescriptor) {
    if (settings.length === 0)
      return html`<p class="no-slider">Nothing to set: the server speaks when it has something to say.</p>`
    return settings.map(
      (setting) => html`<lab-slider
      .setting=${sliderSettingOf(setting)}
      .value=${this.settings[setting.name] ?? setting.usual}
      @turn=${({ detail }: CustomEvent<number>) => {
        this.settings[setting.name] = detail
        this.dispatchEvent(new CustomEvent('setting', { detail: setting.name }))
      }}
    ></lab-slider>`,
    )
  }

  #toggle(): void {
    if (this.#lane?.state.status === 'closed') void this.#begin()
    else if (this.#lane?.wanted) this.#lane.disconnect()
    else {
      tabs.use()
      this.#lane?.connect()
    }
    this.#draw()
  }

  static override styles = [shared, swatchStyles, laneStyles]
}

/** A plug, for what connects and disconnects. */
const PLUG = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="M9 3v6m6-6v6M6 9h12v3a6 6 0 0 1-12 0zm6 9v4" />
</svg>`

/** In a rush all lanes draw in the same frames, and the others stay free: each drawing lays out the page. */
const rushDrawing = { isNow: false, next: 0 }

function mayDrawInRush(now: number): boolean {
  if (rushDrawing.isNow || now < rushDrawing.next) return rushDrawing.isNow
  rushDrawing.isNow = true
  afterThisFrame(() => {
    rushDrawing.isNow = false
    rushDrawing.next = now + untilNextDraw(performance.now() - now)
  })
  return true
}

/** The lanes of this page. Each is a reader of its own, and should not be shown to itself as a stranger. */
const onPage = new Set<ChatLane>()

/** A guest who becomes a member is the same person under another cookie. */
const whoIAm = () => (me.person ? `${me.person.kind} ${me.person.id}` : '')

customElements.define('chat-lane', ChatLane)
