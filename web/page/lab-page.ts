/** The lab page: every transport of the manifest in one room, with what it takes to compare them. */
import { html, LitElement, nothing } from 'lit'
import { isPrivate } from '../../lab/wire/codec.ts'
import { loadClient } from '../../transports/load-client.ts'
import type { TransportName } from '../../transports/manifest.ts'
import type { ChatLane } from '../elements/lane/chat-lane.ts'
import '../elements/lane/socket-card.ts'
import '../elements/people/person-panel.ts'
import '../elements/people/room-panel.ts'
import { type Series, seriesOf } from '../elements/figures/series.ts'
import type { TrafficGenerator } from '../elements/figures/traffic-generator.ts'
import '../elements/figures/traffic-generator.ts'
import '../scope/every-byte.ts'
import { wires } from '../faults/wires.ts'
import { me } from '../me.ts'
import type { Look } from '../scope/timeline/view.ts'
import { chooserPointer } from './chooser-pointer.ts'
import { experiments } from './experiments.ts'
import './address/copy-link.ts'
import { refuseFilesElsewhere } from './files.ts'
import { notices } from './notices.ts'
import './lanes/lane-bar.ts'
import { lanesRow } from './lanes/lanes-row.ts'
import { pageFooter } from './page-footer.ts'
import { createPageParts } from './page-parts.ts'
import { whoAndWhere } from './who/who-and-where.ts'

export class LabPage extends LitElement {
  static override properties = { series: { state: true } }
  /** The lanes that there are; none before it is known who the reader is and which ports there are. */
  declare series: readonly Series[]
  readonly #parts = createPageParts({
    series: () => this.series,
    elements: () => [...this.querySelectorAll<ChatLane>('chat-lane')],
    onChange: () => this.requestUpdate(),
  })
  #ends: readonly (() => void)[] = []

  constructor() {
    super()
    this.series = []
    void this.#load()
  }

  /** Without a shadow: the page is the page, and style.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const { address, rooms, settings, motion } = this.#parts
    this.#ends = [
      address.onBack((room) => {
        if (room !== settings.room) rooms.open(room)
      }),
      refuseFilesElsewhere(),
      () => motion.disconnect(),
    ]
    motion.connect()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const end of this.#ends) end()
  }

  async #load(): Promise<void> {
    // Run before the answer is there: then all lanes connect in one go when it is, and are drawn after that.
    for (const { transport } of seriesOf()) void loadClient(transport).catch(() => {})
    await Promise.all([me.ready(), wires.ready()])
    await this.#parts.pitfalls.ready()
    void this.#parts.rooms.look()
    this.series = seriesOf()
  }

  override render() {
    const { view, cluster, panels, pitfalls, settings } = this.#parts
    const present = view.presents
    return html`
      ${this.#masthead()}
      <main>
        <div class="first-view">
        ${panels.joiningClass()}
        ${this.#rooms()}
        ${this.#traffic()}
        ${cluster.isThere ? cluster.card() : this.#instruments(present)}
        <lane-bar
          .series=${this.series}
          .shown=${view.shown}
          .words=${settings.words && !present}
          @shown=${({ detail }: CustomEvent<readonly TransportName[]>) => (view.shown = detail)}
          @words=${({ detail }: CustomEvent<boolean>) => this.#parts.set({ words: detail })}
        ></lane-bar>
        ${lanesRow(this.#parts, this.series)}
        </div>
        ${present ? panels.breaking() : nothing} ${panels.ledger()} ${panels.scenarios()} ${panels.composing()}
        ${panels.latency(() => this.#latency())}
        ${pitfalls.panel()} ${panels.holdingClass()}
        <socket-card></socket-card>
        ${this.series.length > 0 ? chooserPointer() : nothing} ${experiments(cluster.isThere)}
      </main>
      ${pageFooter(settings.room)}
      ${this.#notices()}
    `
  }

  #masthead() {
    const { settings, home, cluster, motion, name } = this.#parts
    return html`<header class="masthead">
      <a class="skip" href="#lanes">Skip to the lanes</a>
      <div>
        <h1>Transport Lab</h1>
        ${
          settings.room === home && !cluster.isThere
            ? motion.line()
            : html`<p>One chat, carried by every transport at once. Write in any lane and watch when it appears in the others.</p>`
        }
      </div>
      ${this.#whoAndWhere()}
      <person-panel compact .name=${name.unsigned}></person-panel>
    </header>`
  }

  #whoAndWhere() {
    const { name, rooms, settings, home } = this.#parts
    return whoAndWhere({
      name: name.shown,
      isMember: me.person?.kind === 'member',
      room: settings.room,
      invitations: rooms.invitations.length,
      showsRooms: rooms.isShown,
      wrongName: name.wrong,
      wrongRoom: rooms.wrong,
      onName: (event) => void name.onName(event),
      onRoom: rooms.onRoom,
      onRooms: rooms.toggle,
      copyLink: html`<copy-link .settings=${() => settings} .home=${home}></copy-link>`,
      presents: settings.present,
      onPresent: () => this.#parts.present(!settings.present),
      onDismiss: (what) => (what === 'wrongName' ? name.dismiss() : rooms.dismiss()),
    })
  }

  #rooms() {
    const { rooms, settings, files } = this.#parts
    return html`<room-panel
      id="rooms"
      ?hidden=${!rooms.isShown}
      .rooms=${rooms.all}
      .version=${rooms.version}
      .room=${settings.room}
      .me=${me.person?.name ?? null}
      @files=${files.onFiles}
      @choose=${({ detail }: CustomEvent<string>) => rooms.go(detail)}
    ></room-panel>`
  }

  #traffic() {
    const { settings, isAsked, stopwatch, set, reset } = this.#parts
    const { room, rate, size, running } = settings
    return html`<traffic-generator
      compact
      ?hidden=${isPrivate(room)}
      .room=${room}
      .rate=${rate}
      .size=${size}
      .running=${running && !isPrivate(room)}
      .asked=${isAsked}
      .stopwatch=${stopwatch}
      @setting=${({ target }: Event) => {
        const { rate, size, running } = target as TrafficGenerator
        set({ rate, size, running })
      }}
      @reset=${reset}
    ></traffic-generator>`
  }

  #instruments(present: boolean) {
    const { view, look, panels } = this.#parts
    return html`<div class="instruments">
        <every-byte
          .wanted=${view.isOpen('bytes')}
          .ready=${view.isReady}
          .line=${view.line}
          .scale=${view.scale}
          .look=${look}
          @look=${({ detail }: CustomEvent<Look>) => this.#parts.onLook(detail)}
          @open=${({ detail }: CustomEvent<boolean>) => view.setOpen('bytes', detail)}
        ></every-byte>
        ${present ? nothing : panels.breaking()}
      </div>`
  }

  #latency() {
    return html`<section class="latency" aria-label="Latency">
      <latency-chart .series=${this.series}></latency-chart>
      <latency-table .series=${this.series}></latency-table>
    </section>`
  }

  #notices() {
    const { rooms, lanes, files, complaints, complain } = this.#parts
    return notices({
      invitations: rooms.isShown ? [] : rooms.invitations,
      isShut: rooms.isShut,
      waiting: lanes.waiting,
      onAnswer: (name, joins) => void rooms.answer(name, joins),
      onGo: rooms.go,
      onRetry: lanes.retry,
      said: [
        [complaints, () => complain([])],
        [files.words, files.dismiss],
      ],
    })
  }
}

customElements.define('lab-page', LabPage)
