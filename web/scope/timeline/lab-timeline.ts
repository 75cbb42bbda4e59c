/**
 * `<lab-timeline>`: one axis of time for all lanes, and on it what passed on their wires.
 *
 * A request is a bar whose parts are lengths: connecting, sending, held by the server, the content. What comes in a
 * stream or a socket is a mark. The message that is pointed at is lit in every lane. It says `inspect` with a mark's id
 * when its bytes are wanted, and `look`, with a {@link Look}, when the reader has changed how much of it is in view.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { swatch, swatchStyles } from '../../../benchmarks/plots/swatch.ts'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import { drawEvery } from '../../elements/figures/draw-every.ts'
import { isComposing } from '../../keys.ts'
import type { Exchange, Mark } from '../capture/marks.ts'
import { openScope, type ScopeLink } from '../link.ts'
import type { Status } from '../protocol.ts'
import { AXIS, LINE, type Target } from './layout.ts'
import { markTable } from './mark-table.ts'
import { step } from './steps.ts'
import { createStore } from './store.ts'
import { createSurface } from './surface.ts'
import { timelineStyles } from './timeline-styles.ts'
import { toolbar } from './toolbar.ts'
import { createView, type Look, USUAL_LOOK } from './view.ts'
import { inWords, LEGEND, partsOf, STATUS, shortOf, titleOf } from './words.ts'

/** A table that changes faster is not read. */
const TABLE_EVERY_MS = 1_000

const KEYS: Readonly<Record<string, Parameters<typeof step>[2]>> = {
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
}

export class LabTimeline extends LitElement {
  static override properties = {
    status: { state: true },
    words: { state: true },
    wanted: { state: true },
    laneNames: { state: true },
    line: { type: Number },
    scale: { type: Number },
    look: { attribute: false },
  }
  declare status: Status
  /** What is selected or pointed at, in a sentence. */
  declare words: string
  /** What is searched for. */
  declare wanted: string
  declare laneNames: readonly string[]
  /** The height of a connection's line, in pixels: less where the rows are to stand close. */
  declare line: number
  /** How many times its usual size all of it is drawn; more than 1 for a projector. */
  declare scale: number
  declare look: Look

  readonly #store = createStore(TRANSPORTS)
  readonly #view = createView()
  #link: ScopeLink | null = null
  #stop = () => {}
  #selected: Mark | null = null
  #lit: ReadonlySet<string> = new Set()
  #found: ReadonlySet<number> | null = null
  #searches = 0
  readonly #surface = createSurface({
    host: this,
    store: this.#store,
    view: this.#view,
    order: TRANSPORTS,
    isTall: () => this.look.isTall,
    line: () => this.line,
    scale: () => this.scale,
    shown: () => ({ lit: this.#lit, selected: this.#selected, found: this.#found }),
    onResize: () => this.requestUpdate(), // the names stand beside the rows
  })

  constructor() {
    super()
    this.status = { kind: 'connecting' }
    this.words = ''
    this.wanted = ''
    this.laneNames = []
    this.line = LINE
    this.scale = 1
    this.look = USUAL_LOOK
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('look')) this.#view.zoomTo(this.look.span)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const link = openScope()
    this.#link = link
    const ends: (() => void)[] = [
      link.listen({
        onNews: (news) => {
          this.#view.hear(news.now, performance.now())
          this.#store.add(news)
          this.#surface.invalidate()
          const names = this.#store.lanes.map(({ name }) => name)
          if (names.join() !== this.laneNames.join()) this.laneNames = names
        },
        onStatus: (status) => (this.status = status),
      }),
      () => link.release(),
      this.#surface.start(),
      drawEvery(TABLE_EVERY_MS, () => this.look.hasTable && this.requestUpdate()),
    ]
    this.#stop = () => {
      for (const end of ends) end()
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
    this.#store.clear()
    this.laneNames = []
  }

  override render() {
    return html`
      ${toolbar({
        isLive: this.#view.mode.kind === 'live',
        span: this.#view.span,
        wanted: this.wanted,
        isTall: this.look.isTall,
        hasTable: this.look.hasTable,
        found: this.#found?.size ?? null,
        onToggle: () => this.#toggle(),
        onReplay: () => this.#replay(),
        onZoom: (by) => this.#zoom(by),
        onStep: (way) => this.#step(way),
        onSearch: (text) => void this.#search(text),
        onTall: (isTall) => this.#tellLook({ isTall }),
        onTable: (hasTable) => this.#tellLook({ hasTable }),
      })}
      ${this.#said ? html`<p class="status" role="status">${this.#said}</p>` : nothing}
      <div class="plot">
        <div class="names" aria-hidden="true">${this.#surface.layout?.rows.map(
          ({ lane, height }) =>
            html`<div class="name" data-height=${height}>${this.#nameOf(lane.name)}</div>`,
        )}</div>
        <div
          class="canvas"
          role="application"
          tabindex="0"
          aria-label="What passed on the wires. Left and right go from mark to mark, up and down to the same message in another lane, Enter opens the bytes, Space pauses."
          aria-describedby="words"
          @keydown=${this.#onKey}
          @pointermove=${this.#onPointer}
          @pointerleave=${this.#onLeave}
          @click=${this.#onClick}
          @wheel=${this.#onWheel}
        >
          <canvas></canvas>
          <span class="probe" hidden></span>
        </div>
      </div>
      <p class="words" id="words" aria-live="polite">${this.words || LEGEND}</p>
      ${
        this.look.hasTable
          ? markTable(this.#store, this.laneNames, titleOf, this.#onRow, this.#tableUntil)
          : nothing
      }
    `
  }

  /** Heights by script: the policy of the page allows no style in an attribute, and CSSOM is none. */
  protected override updated(): void {
    for (const name of this.renderRoot.querySelectorAll<HTMLElement>('.name'))
      name.style.height = `${Number(name.dataset.height) * this.scale}px`
    const names = this.renderRoot.querySelector<HTMLElement>('.names')
    if (names) names.style.paddingTop = `${AXIS * this.scale}px`
    this.#surface.invalidate()
  }

  /** Why nothing is drawn, when nothing is. */
  get #said(): string {
    const { status } = this
    if (status.kind === 'open') return this.laneNames.length > 0 ? '' : STATUS.open
    return `${STATUS[status.kind]} ${'why' in status ? status.why : ''}`.trim()
  }

  #nameOf(lane: string) {
    const place = TRANSPORTS.indexOf(lane as (typeof TRANSPORTS)[number]) + 1
    return html`${place > 0 ? swatch(place) : nothing}<span title=${titleOf(lane)}>${shortOf(lane)}</span>`
  }

  #toggle(): void {
    if (this.#view.mode.kind === 'live') this.#view.stop(performance.now())
    else this.#view.live()
    this.requestUpdate()
  }

  #replay(): void {
    this.#view.replay(performance.now())
    this.requestUpdate()
  }

  #zoom(by: 1 | -1, around?: number): void {
    this.#view.zoom(by, performance.now(), around)
    this.#tellLook({ span: this.#view.span })
  }

  #tellLook(changed: Partial<Look>): void {
    this.look = { ...this.look, ...changed }
    this.dispatchEvent(new CustomEvent('look', { detail: this.look, bubbles: true, composed: true }))
  }

  #step(key: Parameters<typeof step>[2]): void {
    const found = this.#found
    const mark = step(this.#store, this.#selected, key, (one) =>
      found ? !found.has(one.id) : one.kind === 'heartbeat',
    )
    if (mark) this.#select(mark)
  }

  #select(mark: Mark): void {
    this.#selected = mark
    this.#lit = new Set(mark.messages)
    this.#view.show(mark.until, performance.now())
    this.words = inWords(mark, titleOf)
    this.#surface.invalidate()
    this.requestUpdate()
  }

  #open(mark: number): void {
    this.dispatchEvent(new CustomEvent('inspect', { detail: mark, bubbles: true, composed: true }))
  }

  #onKey(event: KeyboardEvent): void {
    if (isComposing(event)) return
    const key = KEYS[event.key]
    if (key) this.#step(key)
    else if (event.key === 'Enter' && this.#selected) this.#open(this.#selected.id)
    else if (event.key === ' ') this.#toggle()
    else if (event.key === '+' || event.key === '=') this.#zoom(-1, this.#selected?.until)
    else if (event.key === '-') this.#zoom(1, this.#selected?.until)
    else if (event.key === 'Escape') this.#forget()
    else return
    event.preventDefault()
  }

  readonly #onRow = (mark: Mark) => {
    this.#select(mark)
    this.#open(mark.id)
  }

  get #tableUntil(): number {
    const { kind } = this.#view.mode
    return kind === 'live' ? Number.POSITIVE_INFINITY : this.#view.endAt(performance.now())
  }

  #forget(): void {
    this.#selected = null
    this.#lit = new Set()
    this.words = ''
    this.#surface.invalidate()
  }

  #onPointer(event: PointerEvent): void {
    const target = this.#surface.targetAt(event)
    const messages =
      target === null
        ? (this.#selected?.messages ?? [])
        : target.kind === 'mark'
          ? target.mark.messages
          : this.#store.messagesOf(target.exchange)
    this.#lit = new Set(messages)
    const words = target ? this.#wordsOf(target) : this.#selected ? inWords(this.#selected, titleOf) : ''
    if (words !== this.words) this.words = words
    this.#surface.invalidate()
  }

  #onLeave(): void {
    this.#lit = new Set(this.#selected?.messages ?? [])
    this.words = this.#selected ? inWords(this.#selected, titleOf) : ''
    this.#surface.invalidate()
  }

  #wordsOf(target: Target): string {
    if (target.kind === 'mark') return inWords(target.mark, titleOf)
    const { lane, method, target: path } = target.exchange
    return `${titleOf(lane)}: ${method} ${path.split('?')[0]} · ${partsOf(target.exchange, this.#view.serverNow(performance.now()))}`
  }

  #onClick(event: MouseEvent): void {
    const target = this.#surface.targetAt(event)
    if (!target) return
    const id = target.kind === 'mark' ? target.mark.id : this.#markAt(target.exchange, event)
    const mark = this.#store.mark(id)
    if (mark) this.#select(mark)
    this.#open(id)
  }

  /** The response where its content is drawn, otherwise the request. */
  #markAt({ answered, response, request }: Exchange, event: MouseEvent): number {
    const time = this.#surface.timeAt(event, 3) ?? 0
    return answered !== null && response !== null && time >= answered ? response : request
  }

  #onWheel(event: WheelEvent): void {
    // Up and down belongs to the page; with Ctrl, or sideways, to the timeline.
    if (event.ctrlKey) {
      this.#zoom(event.deltaY > 0 ? 1 : -1, this.#surface.timeAt(event))
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.#view.moveBy(
        (event.deltaX / (this.#surface.layout?.width ?? 1)) * this.#view.span,
        performance.now(),
      )
      this.requestUpdate()
    } else return
    event.preventDefault()
  }

  async #search(wanted: string): Promise<void> {
    this.wanted = wanted
    const mine = ++this.#searches
    const text = this.wanted.trim()
    const found = text === '' ? null : await this.#link?.ask({ kind: 'search', text })
    if (mine !== this.#searches) return
    this.#found = found ? new Set(found) : null
    this.requestUpdate()
  }

  static override styles = [shared, swatchStyles, timelineStyles]
}

customElements.define('lab-timeline', LabTimeline)
