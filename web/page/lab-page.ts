/** The lab page: every transport of the manifest in one room, with what it takes to compare them. */

import { html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { isPrivate } from '../../lab/wire/codec.ts'
import { isolated } from '../../lab/wire/names.ts'
import { PROBLEMS } from '../../transports/descriptors.ts'
import { loadClient } from '../../transports/load-client.ts'
import type { TransportName } from '../../transports/manifest.ts'
import type { ChatLane, LiveSettings } from '../elements/lane/chat-lane.ts'
import '../elements/lane/chat-lane.ts'
import '../elements/lane/socket-card.ts'
import '../elements/people/person-panel.ts'
import '../elements/people/room-panel.ts'
import { type Series, seriesOf } from '../elements/figures/series.ts'
import type { TrafficGenerator } from '../elements/figures/traffic-generator.ts'
import '../elements/figures/traffic-generator.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import '../scope/every-byte.ts'
import { createPageCluster } from '../cluster/page-cluster.ts'
import type { PageLane } from '../faults/bench.ts'
import { createLinkedFaults } from '../faults/link/linked-faults.ts'
import { wires } from '../faults/wires.ts'
import { visibleSince } from '../frame.ts'
import { rememberedGuest } from '../guest.ts'
import { me } from '../me.ts'
import { createStopwatch } from '../model/figures/stopwatch.ts'
import type { Lane } from '../model/lane.ts'
import { createRooms } from '../model/rooms.ts'
import { createPagePitfalls } from '../pitfalls/page-pitfalls.ts'
import { browserPlatform } from '../platform.ts'
import type { Look } from '../scope/timeline/view.ts'
import { sentence } from '../words.ts'
import { chooserPointer } from './chooser-pointer.ts'
import { experiments } from './experiments.ts'
import './address/copy-link.ts'
import { createAddress } from './address/address.ts'
import { forClass } from './address/link.ts'
import { lookOf, settingsOfLook } from './address/look.ts'
import { readSettings } from './address/read-write.ts'
import { type LabSettings, problemWithName, problemWithRoom, USUAL } from './address/settings.ts'
import { createFileIntake, refuseFilesElsewhere } from './files.ts'
import { notices } from './notices.ts'
import './lanes/lane-bar.ts'
import { createPageView } from './lanes/page-view.ts'
import { createFirstMotion } from './opening/first-motion.ts'
import { ownRoom, rememberRoom } from './opening/own-room.ts'
import { pageFooter } from './page-footer.ts'
import { createPanels } from './panels.ts'
import { whoAndWhere } from './who-and-where.ts'

/** While the rooms are in view, how often it is looked whether there are others, in milliseconds. */
const LOOK_EVERY_MS = 5_000

/** Traffic faster than this is not read out, in messages per second: no voice keeps up with it. */
const MAX_SPOKEN_RATE = 0.5

export class LabPage extends LitElement {
  static override properties = {
    series: { state: true },
    complaints: { state: true },
    waiting: { state: true },
    wrongName: { state: true },
    wrongRoom: { state: true },
    showsRooms: { state: true },
  }
  declare series: readonly Series[]
  declare complaints: readonly string[]
  /** Lanes that wait until they try to connect again. */
  declare waiting: number
  declare wrongName: string | null
  declare wrongRoom: string | null
  declare showsRooms: boolean
  readonly #stopwatch = createStopwatch(visibleSince)
  readonly #cluster = createPageCluster({
    wires,
    lanes: () => this.#pageLanes(),
    onChange: () => this.requestUpdate(),
  })
  /** Where an address leads that names no room. One that is in memory only is of one server, so a cluster has none of one's own. */
  readonly #home = this.#cluster.isThere ? USUAL.room : ownRoom()
  readonly #address = createAddress(this.#home)
  readonly #settings = this.#address.settings
  /** Of the timeline: one object for as long as it is the same. */
  #look = lookOf(this.#settings)
  readonly #turned: LiveSettings = { ...this.#settings.transports }
  readonly #guest = rememberedGuest()
  readonly #files = createFileIntake({
    to: () => ({ room: this.#settings.room, name: this.#name }),
    onChange: () => this.requestUpdate(),
  })
  /** The link asks for traffic. It starts when the reader says so, and not before. */
  #isAsked: boolean
  #roomsVersion = 0
  readonly #rooms = createRooms({
    origin: location.origin,
    platform: browserPlatform,
    onRefused: me.refused,
    onChange: () => {
      this.#roomsVersion++
      this.requestUpdate()
    },
  })
  /** The id of the person whose rooms are shown. */
  #roomsOf = me.person?.id
  #looking: ReturnType<typeof setInterval> | undefined

  readonly #motion = createFirstMotion({
    stopwatch: this.#stopwatch,
    room: () => this.#home,
    onChange: () => this.requestUpdate(),
  })

  readonly #view = createPageView({
    settings: this.#settings,
    onSettings: (changed) => this.#set(changed),
    onChange: () => this.requestUpdate(),
  })

  readonly #linked = createLinkedFaults({
    wires,
    linked: this.#settings.faults,
    onChange: () => {
      this.#settings.faults = this.#linked.all
      this.#write()
    },
  })

  readonly #panels = createPanels({
    linked: this.#linked,
    isOpen: (id) => this.#view.isOpen(id),
    onOpen: (id, isOpen) => this.#view.setOpen(id, isOpen),
    ready: this.#view.ready,
    lanes: () => this.#pageLanes(),
    room: () => this.#settings.room,
    stopwatch: this.#stopwatch,
    reset: () => this.#reset(),
    name: () => me.person?.name ?? this.#name,
    settingForClass: () => forClass(this.#settings),
    onGiven: (query) => this.#takeGiven(query),
    settings: this.#settings,
    onSettings: (changed) => this.#set(changed),
    onChange: () => this.requestUpdate(),
  })

  readonly #pitfalls = createPagePitfalls({
    wires,
    lanes: () => this.#pageLanes(),
    isOpen: () => this.#view.isOpen('pitfalls'),
    onOpen: (isOpen) => this.#view.setOpen('pitfalls', isOpen),
    chosen: () => this.#settings.pitfall,
    onChosen: (pitfall) => this.#set({ pitfall }),
    onChange: () => this.requestUpdate(),
  })

  constructor() {
    super()
    this.#isAsked = this.#settings.running
    this.#settings.running = false
    this.series = []
    this.complaints = [...PROBLEMS, ...this.#address.complaints]
    this.waiting = 0
    this.wrongName = null
    this.wrongRoom = null
    this.showsRooms = false
    wires.onChange(() => this.requestUpdate()) // the lanes may have other ports by now
    me.onChange(() => {
      this.wrongName = null
      if (me.person?.id !== this.#roomsOf) this.#rooms.forget()
      this.#roomsOf = me.person?.id
      this.requestUpdate()
      void this.#rooms.look(this.#settings.room)
    })
    this.#view.openWhatIsChosen()
    showLarge(this.#settings.present)
    void this.#load()
  }

  /** Without a shadow: the page is the page, and style.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stopFollowing = this.#address.onBack((room) => {
      if (room !== this.#settings.room) this.#openRoom(room)
    })
    this.#stopRefusing = refuseFilesElsewhere()
    this.#motion.connect()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stopFollowing()
    this.#stopRefusing()
    this.#motion.disconnect()
  }
  #stopRefusing = () => {}
  #stopFollowing = () => {}

  async #load(): Promise<void> {
    // Run before the answer is there: then all lanes connect in one go when it is, and are drawn after that.
    for (const { transport } of seriesOf()) void loadClient(transport).catch(() => {})
    await Promise.all([me.ready(), wires.ready()])
    await this.#pitfalls.ready()
    void this.#rooms.look(this.#settings.room)
    this.series = seriesOf()
  }

  #toggleRooms(): void {
    this.showsRooms = !this.showsRooms
    clearInterval(this.#looking)
    if (!this.showsRooms) return
    void this.#rooms.look(this.#settings.room)
    this.#looking = setInterval(() => void this.#rooms.look(this.#settings.room), LOOK_EVERY_MS)
  }

  override render() {
    const { room, rate, size, running } = this.#settings
    const present = this.#view.presents
    const words = this.#settings.words && !present
    const here = this.#rooms.list.find((one) => one.name === room)
    const view = this.#view
    return html`
      <header class="masthead">
        <a class="skip" href="#lanes">Skip to the lanes</a>
        <div>
          <h1>Transport Lab</h1>
          ${
            room === this.#home && !this.#cluster.isThere
              ? this.#motion.line()
              : html`<p>One chat, carried by every transport at once. Write in any lane and watch when it appears in the others.</p>`
          }
        </div>
        ${this.#whoAndWhere()}
        <person-panel compact .name=${this.#name}></person-panel>
      </header>
      <main>
        <div class="first-view">
        ${this.#panels.joiningClass()}
        <room-panel
          id="rooms"
          ?hidden=${!this.showsRooms}
          .rooms=${this.#rooms}
          .version=${this.#roomsVersion}
          .room=${room}
          .me=${me.person?.name ?? null}
          @files=${this.#files.onFiles}
          @choose=${({ detail }: CustomEvent<string>) => this.#go(detail)}
        ></room-panel>
        <traffic-generator
          compact
          ?hidden=${isPrivate(room)}
          .room=${room}
          .rate=${rate}
          .size=${size}
          .running=${running && !isPrivate(room)}
          .asked=${this.#isAsked}
          .stopwatch=${this.#stopwatch}
          @setting=${this.#onTraffic}
          @reset=${this.#reset}
        ></traffic-generator>
        ${this.#cluster.isThere ? this.#cluster.card() : this.#instruments(present)}
        <lane-bar
          .series=${this.series}
          .shown=${view.shown}
          .words=${words}
          @shown=${({ detail }: CustomEvent<readonly TransportName[]>) => (view.shown = detail)}
          @words=${({ detail }: CustomEvent<boolean>) => this.#set({ words: detail })}
        ></lane-bar>
        <div
          class=${words ? 'lanes words' : 'lanes'}
          id="lanes"
          tabindex="-1"
          @dragover=${this.#files.onDragOver}
          @drop=${this.#files.onDrop}
          @files=${this.#files.onFiles}
        >
          ${repeat(
            this.series.filter(({ transport }) => view.isShown(transport)),
            ({ transport }) => transport,
            ({ transport, latencies }) => html`<chat-lane
              compact
              ?words=${words}
              ?large=${present}
              .transport=${transport}
              .room=${room}
              .defect=${this.#pitfalls.defectOf(transport)}
              .silence=${this.#settings.silence}
              .via=${this.#settings.onePort ? '' : viaOf(transport)}
              .author=${this.#name}
              .present=${true}
              .takesFiles=${true}
              .moderates=${here?.role === 'moderator' || here?.role === 'owner'}
              .calm=${!(running && rate > MAX_SPOKEN_RATE) && !this.#motion.isMoving}
              .settings=${this.#turned}
              .stopwatch=${this.#stopwatch}
              .latencies=${latencies}
              @setting=${({ detail }: CustomEvent<string>) => this.#onSetting(detail)}
              @rooms=${({ detail }: CustomEvent<number>) => this.#onRooms(detail)}
              @status=${this.#onStatus}
              @closed=${() => this.#rooms.look(this.#settings.room)}
            >${this.#cluster.onLane(transport)}${this.#panels.onLane(transport)}${this.#pitfalls.onLane(transport)}</chat-lane>`,
          )}
        </div>
        </div>
        ${present ? this.#panels.breaking() : nothing} ${this.#panels.ledger()} ${this.#panels.scenarios()} ${this.#panels.composing()}
        ${this.#panels.latency(() => this.#latency())}
        ${this.#pitfalls.panel()} ${this.#panels.holdingClass()}
        <socket-card></socket-card>
        ${this.series.length > 0 ? chooserPointer() : nothing} ${experiments(this.#cluster.isThere)}
      </main>
      ${pageFooter(room)}
      ${this.#notices(room)}
    `
  }

  #instruments(present: boolean) {
    const view = this.#view
    return html`<div class="instruments">
        <every-byte
          .wanted=${view.isOpen('bytes')}
          .ready=${view.isReady}
          .line=${view.line}
          .scale=${view.scale}
          .look=${this.#look}
          @look=${({ detail }: CustomEvent<Look>) => this.#onLook(detail)}
          @open=${({ detail }: CustomEvent<boolean>) => view.setOpen('bytes', detail)}
        ></every-byte>
        ${present ? nothing : this.#panels.breaking()}
      </div>`
  }

  #latency() {
    return html`<section class="latency" aria-label="Latency">
      <latency-chart .series=${this.series}></latency-chart>
      <latency-table .series=${this.series}></latency-table>
    </section>`
  }

  #notices(room: string) {
    const { list, hasLooked } = this.#rooms
    return notices({
      invitations: this.showsRooms ? [] : list.filter(({ role }) => role === 'invited'),
      isShut: isPrivate(room) && hasLooked && !list.some(({ name }) => name === room),
      waiting: this.waiting,
      onAnswer: (name, joins) => void this.#answer(name, joins),
      onGo: (name) => this.#go(name),
      onRetry: this.#retryAll,
      said: [
        [this.complaints, () => (this.complaints = [])],
        [this.#files.words, this.#files.dismiss],
      ],
    })
  }

  async #answer(room: string, joins: boolean): Promise<void> {
    const name = me.person?.name
    const moves = this.#moves
    const isDone = joins ? await this.#rooms.join(room) : name && (await this.#rooms.remove(room, name))
    if (!isDone) this.complaints = [`${this.#rooms.problem ?? 'That did not work'}.`]
    else if (joins && moves === this.#moves) this.#go(room)
    else await this.#rooms.look(this.#settings.room)
  }

  #whoAndWhere() {
    return whoAndWhere({
      name: me.person?.name ?? this.#name,
      isMember: me.person?.kind === 'member',
      room: this.#settings.room,
      invitations: this.#rooms.list.filter(({ role }) => role === 'invited').length,
      showsRooms: this.showsRooms,
      wrongName: this.wrongName,
      wrongRoom: this.wrongRoom,
      onName: (event) => void this.#onName(event),
      onRoom: (event) => this.#onRoom(event),
      onRooms: () => this.#toggleRooms(),
      copyLink: html`<copy-link .settings=${() => this.#settings} .home=${this.#home}></copy-link>`,
      presents: this.#settings.present,
      onPresent: () => this.#present(!this.#settings.present),
      onDismiss: (what) => (this[what] = null),
    })
  }

  /** Under which I write while I have not signed in. */
  get #name(): string {
    return this.#settings.name ?? this.#guest
  }

  async #onName(event: Event): Promise<void> {
    const name = (event.target as HTMLInputElement).value.trim()
    const problem = name === '' ? null : problemWithName(name)
    this.wrongName =
      problem && `${sentence(problem)} You are still ${isolated(me.person?.name ?? this.#name)}.`
    if (problem) return
    if (me.person) return this.#rename(name)
    this.#settings.name = name === '' ? null : name
    this.#remember()
  }

  /** A guest who has written under the old name becomes another guest: the server decides. */
  async #rename(name: string): Promise<void> {
    const mine = ++this.#renames
    let problem: string | null = null
    try {
      if (name !== '' && name !== me.person?.name) await me.signInAsGuest(name)
    } catch (thrown) {
      problem = `${sentence(ChatError.from(thrown).message)} You are still ${isolated(me.person?.name ?? this.#name)}.`
    }
    // What became of an earlier name says nothing about the one that stands there by now.
    if (mine === this.#renames) this.wrongName = problem
    this.requestUpdate()
  }
  #renames = 0

  #onRoom(event: Event): void {
    const room = (event.target as HTMLInputElement).value.trim()
    const problem = problemWithRoom(room)
    this.wrongRoom = problem && `${sentence(problem)} You are still in ${this.#settings.room}.`
    if (!problem) this.#go(room)
  }

  /** A room is a place: the way back leads to the one before. A slider is none, and leaves no trace. */
  #go(room: string): void {
    if (room !== this.#settings.room) this.#address.leave()
    this.#openRoom(room)
  }

  /** How often the reader has gone to a room: an answer that comes late does not fetch anyone back. */
  #moves = 0

  #openRoom(room: string): void {
    this.#moves++
    this.#motion.stop()
    this.#settings.room = room
    rememberRoom(room)
    this.wrongRoom = null
    this.#stopwatch.clear()
    this.#remember()
    void this.#rooms.look(room)
  }

  /** Each lane tells of the same change when its transport can; the first to come is enough. */
  #onRooms(version: number): void {
    if (version === this.#knownRooms) return
    this.#knownRooms = version
    void this.#rooms.look(this.#settings.room)
  }
  #knownRooms: number | null = null

  #onSetting(name: string): void {
    const value = this.#turned[name]
    if (value !== undefined) this.#settings.transports[name] = value
    this.#remember()
  }

  #onTraffic(event: Event): void {
    const { rate, size, running } = event.target as TrafficGenerator
    this.#set({ rate, size, running })
  }

  /** The words of a projector's page are the timeline's, and what each lane has that a class looks at together. */
  #present(present: boolean): void {
    showLarge(present)
    this.#set({ present })
  }

  /** The setting of a class: all of it but who and where the learner is, and what the teacher's projector needs. */
  #takeGiven(query: string): void {
    const { settings, complaints } = readSettings(query, this.#home)
    const { room, name, present, running, unknown } = this.#settings
    this.#isAsked = settings.running
    Object.assign(this.#settings, settings, { room, name, present, running, unknown, class: true })
    Object.assign(this.#turned, settings.transports)
    this.#look = lookOf(settings)
    this.#linked.offer(settings.faults)
    this.#view.openWhatIsChosen()
    this.complaints = complaints.map((complaint) => `From the teacher: ${complaint}`)
    for (const lane of this.querySelectorAll<ChatLane>('chat-lane')) lane.requestUpdate() // it has the sliders
    this.#write()
  }

  #onLook(look: Look): void {
    this.#look = look
    this.#set(settingsOfLook(look))
  }

  get #lanes(): Lane[] {
    return [...this.querySelectorAll<ChatLane>('chat-lane')].flatMap(({ lane }) => lane ?? [])
  }

  readonly #onStatus = () => {
    const states = this.#lanes.map(({ state }) => state)
    const isOnItsWay = ({ status }: Lane['state']) => status === 'idle' || status === 'connecting'
    if (
      states.length === this.series.filter(({ transport }) => this.#view.isShown(transport)).length &&
      !states.some(isOnItsWay)
    )
      this.#view.settle()
    const waiting = states.filter(({ status }) => status === 'waiting').length
    // A link that asks for traffic waits for the reader; so does all else that could move then.
    const mayMove = this.#settings.room === this.#home && !this.#isAsked && !this.#cluster.isThere
    if (mayMove && states.some(({ status }) => status === 'open')) this.#motion.begin()
    // Each of a large class has one of their own, and the server bounds how many there are.
    if (this.#settings.room === this.#home && states.some(isTooMany)) {
      this.#go(USUAL.room)
      this.complaints = [
        `This server has no place for one more room of your own: you are in the ${USUAL.room}.`,
      ]
    }
    // It may be a fault, or a server that was started again with its lanes behind other ports.
    if (waiting > this.waiting) void wires.look()
    this.waiting = waiting
  }

  #pageLanes(): PageLane[] {
    const drawn = new Map(
      [...this.querySelectorAll<ChatLane>('chat-lane')].map((one) => [one.transport, one]),
    )
    return this.series.map(({ transport: name, ...rest }) => ({
      ...{ ...rest, name, lane: drawn.get(name)?.lane ?? null },
    }))
  }

  /** At once and together: a difference that is seen then is the transport's, and no draw of chance. */
  readonly #retryAll = () => {
    for (const lane of this.#lanes) lane.retry()
  }

  #reset(): void {
    for (const lane of this.#lanes) lane.reset()
    this.#panels.onReset()
  }

  #set(changed: Partial<LabSettings>): void {
    Object.assign(this.#settings, changed)
    this.#remember()
  }

  #remember(): void {
    this.complaints = []
    this.#write()
  }

  #write(): void {
    this.#address.write(this.#settings)
    this.requestUpdate()
  }
}

/** Sizes hang on the root element's: present.css has the rest. */
const showLarge = (is: boolean): boolean => document.documentElement.toggleAttribute('data-present', is)

const isTooMany = (state: Lane['state']): boolean =>
  'cause' in state && state.cause?.code === 'too-many-rooms'

/** The origin of a lane's own port; '' where it has none. */
const viaOf = (transport: string): string => {
  const origin = wires.originOf(transport)
  return origin === location.origin ? '' : origin
}

customElements.define('lab-page', LabPage)
