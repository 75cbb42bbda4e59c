/**
 * `<raw-composer>`: edits bytes and frames, sends them on a connection of the reader's own to a lane, and shows what comes back, annotated as in the
 * inspector. The server opens the connection (docs/decisions/065-raw-composer.md).
 */
import { html, LitElement, nothing } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { MAX_RAW_BYTES, MAX_RAW_PARTS, MAX_RAW_S } from '../../lab/wires/control.ts'
import { rolesOf, secretsIn, sumOf } from '../../transports/_formats/annotate/annotation.ts'
import { teacherToken } from '../class/teacher-token.ts'
import type { Bench } from '../faults/bench.ts'
import { panelStyles } from '../faults/panel-styles.ts'
import { bytesOf, cutInTwo, type Piece, textPiece, toBase64 } from '../model/composer/pieces.ts'
import { type Template, templatesOf } from '../model/composer/templates.ts'
import { familyOf } from '../model/scenarios/scenario.ts'
import { flat, hexRows } from '../scope/inspector/hex-rows.ts'
import { inspectorStyles } from '../scope/inspector/inspector-styles.ts'
import { annotationList, hexTable, sumBar } from '../scope/inspector/parts.ts'
import { onRowLength, rowLength } from '../scope/inspector/row-length.ts'
import { number, sentence } from '../words.ts'
import { composerStyles } from './composer-styles.ts'
import { type Exchange, exchangeOf } from './exchange.ts'
import { type FromWire, takeFromWire } from './from-wire.ts'
import { pieceEditor } from './piece-editor.ts'
import { type Listener, tcpListeners } from './tcp-listeners.ts'

export class RawComposer extends LitElement {
  static override properties = {
    bench: { attribute: false },
    lane: { state: true },
    templates: { state: true },
    pieces: { state: true },
    seconds: { state: true },
    state: { state: true },
    problem: { state: true },
    exchange: { state: true },
    shown: { state: true },
    lit: { state: true },
    seen: { state: true },
    listeners: { state: true },
  }
  declare bench: Bench
  declare lane: string
  declare templates: readonly Template[]
  declare pieces: readonly Piece[]
  /** How long it is listened to after the last piece. */
  declare seconds: number
  declare state: 'idle' | 'sending' | 'listening'
  declare problem: string
  declare exchange: Exchange | null
  /** The mark whose bytes are shown. */
  declare shown: number
  declare lit: number
  /** What the lane's own connections have sent while it was listened to. */
  declare seen: readonly FromWire[]
  /** Those that are no lane of the page and listen all the same. */
  declare listeners: readonly Listener[]
  #gone = new AbortController()

  constructor() {
    super()
    this.lane = ''
    this.templates = []
    this.pieces = []
    this.seconds = 2
    this.state = 'idle'
    this.problem = ''
    this.exchange = null
    this.shown = -1
    this.lit = -1
    this.seen = []
    this.listeners = []
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#gone = new AbortController()
    this.#stop = onRowLength(() => this.requestUpdate())
  }
  #stop = () => {}

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('bench')) void this.#begin()
  }

  /** With a socket, of which there is most to be seen. */
  async #begin(): Promise<void> {
    void tcpListeners(this.bench.platform, location.origin).then((found) => (this.listeners = found))
    await this.bench.wires.ready()
    const lanes = this.#lanes
    const first = lanes.find(({ name }) => familyOf(name) === 'sockets') ?? lanes[0]
    await this.#choose(first?.name ?? '')
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#gone.abort()
    this.#stop()
  }

  get #lanes() {
    const wired = this.bench.wires.info.lanes
    return this.bench.lanes().filter(({ name }) => wired.some((one) => one.name === name))
  }

  /** The page sends nothing by a transport that a browser cannot open. */
  get #isOnPage(): boolean {
    return !this.listeners.some(({ name }) => name === this.lane)
  }

  override render() {
    const { info } = this.bench.wires
    if (info.single)
      return html`<section><p class="note">This lab was started with one port for all lanes (--single-port), so there is no lane to write on.</p></section>`
    return html`<section aria-label="Raw composer">
      ${info.mayAll ? nothing : this.#forTeachers()}
      <div class="row">
        <label>Lane
          <select @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value)}>
            ${[...this.#lanes, ...this.listeners].map(({ name, title }) => html`<option value=${name} ?selected=${name === this.lane}>${title}</option>`)}
          </select>
        </label>
        <span>Begin with</span>
        ${this.templates.map(({ title, pieces }) => html`<button @click=${() => (this.pieces = pieces)}>${title}</button>`)}
        ${
          this.#isOnPage
            ? html`<button ?disabled=${this.state === 'listening'} @click=${this.#listen}>${this.state === 'listening' ? 'Listening…' : 'What this lane sends now'}</button>`
            : nothing
        }
      </div>
      ${
        this.seen.length === 0
          ? nothing
          : html`<div class="row" role="group" aria-label="Sent by the lane">
              ${this.seen.map(({ title, pieces }) => html`<button @click=${() => (this.pieces = pieces)}>${title}</button>`)}
            </div>`
      }
      ${this.pieces.map((piece, index) =>
        pieceEditor(piece, index, {
          edit: (change) => this.#edit(index, change),
          cut: () => this.#replace(index, cutInTwo),
          remove: () => (this.pieces = this.pieces.toSpliced(index, 1)),
        }),
      )}
      <div class="row">
        <button ?disabled=${this.pieces.length >= MAX_RAW_PARTS} @click=${() => (this.pieces = [...this.pieces, textPiece('')])}>Add a piece</button>
        <label>Listen for
          <input type="number" min="1" max=${MAX_RAW_S} .value=${String(this.seconds)}
            @change=${(event: Event) => (this.seconds = Math.min(MAX_RAW_S, Math.max(1, (event.target as HTMLInputElement).valueAsNumber || 2)))}> s
        </label>
        <button class="main" ?disabled=${this.state === 'sending' || this.pieces.length === 0} @click=${this.#send}>Send</button>
      </div>
      <p class="problem" role="alert">${this.problem}</p>
      <div role="status">${this.state === 'sending' ? 'Sent; waiting for what comes back.' : (this.exchange?.words ?? nothing)}</div>
      ${this.exchange ? this.#answer(this.exchange) : nothing}
    </section>`
  }

  #forTeachers() {
    return html`<p class="note">It is for a page on the server’s machine, or for one that shows the token that was printed at its start: as it is, the server will refuse.</p>
      ${teacherToken(async (token) => {
        try {
          await this.bench.wires.useToken(token)
          this.problem = ''
        } catch (thrown) {
          this.problem = sentence(ChatError.from(thrown).message)
        }
        this.requestUpdate()
      })}`
  }

  #answer(exchange: Exchange) {
    const seen = this.shown < 0 ? null : exchange.inspect(this.shown)
    const list = seen ? flat(seen.annotations) : []
    const secrets = seen ? secretsIn(seen.annotations) : []
    const isHidden = (at: number) => secrets.some(({ from, to }) => at >= from && at < to)
    const pointing = { lit: this.lit, onPoint: (index: number) => (this.lit = index) }
    return html`<div class="answer">
      <ol class="marks" aria-label="What went each way">
        ${exchange.marks.map(
          ({ id, direction, label, size, text, problem }) => html`<li>
            <button data-direction=${direction} aria-pressed=${id === this.shown} @click=${() => (this.shown = id)}>
              ${direction === 'toServer' ? '→ sent:' : '← came:'} ${label}, ${number(size)} B ${text === '' ? nothing : `“${text}”`}
              ${problem === null ? nothing : html`<span class="wrong">${problem}</span>`}
            </button>
          </li>`,
        )}
      </ol>
      ${
        seen
          ? html`${sumBar(sumOf(seen.annotations, seen.bytes.length))}
              <div class="panes">
                ${hexTable(hexRows(seen.bytes, list, rolesOf(seen.annotations, seen.bytes.length), isHidden, rowLength()), seen.offset, pointing)}
                ${annotationList(list, true, pointing)}
              </div>`
          : nothing
      }
    </div>`
  }

  async #choose(lane: string): Promise<void> {
    this.lane = lane
    this.seen = []
    if (lane === '') return
    const origin = this.bench.wires.originOf(lane)
    const templates = await templatesOf({
      ...{ lane, origin, room: this.bench.room(), host: new URL(origin).host, author: 'composer' },
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    })
    if (lane !== this.lane) return
    this.templates = templates
    this.pieces = templates[0]?.pieces ?? []
  }

  #edit(index: number, change: (piece: Piece) => Piece): void {
    this.#replace(index, (piece) => [change(piece)])
  }

  #replace(index: number, change: (piece: Piece) => readonly Piece[]): void {
    try {
      this.pieces = this.pieces.toSpliced(index, 1, ...change(this.pieces[index]!))
      this.problem = ''
    } catch (error) {
      this.problem = (error as Error).message
    }
  }

  readonly #listen = async (): Promise<void> => {
    this.state = 'listening'
    this.seen = []
    try {
      this.seen = await takeFromWire(this.bench.platform, location.origin, this.lane, this.#gone.signal)
      if (this.seen.length === 0)
        this.problem =
          'This lane has sent nothing meanwhile: write a message by it, or reconnect it, and listen again.'
    } catch (thrown) {
      this.problem = sentence(ChatError.from(thrown).message)
    }
    this.state = 'idle'
  }

  readonly #send = async (): Promise<void> => {
    this.problem = ''
    this.exchange = null
    try {
      const bytes = this.pieces.map(bytesOf)
      const size = bytes.reduce((sum, { length }) => sum + length, 0)
      if (size > MAX_RAW_BYTES)
        throw new RangeError(
          `These are ${number(size)} bytes; at most ${number(MAX_RAW_BYTES)} can be sent at once.`,
        )
      this.state = 'sending'
      const parts = this.pieces.map(({ afterAnswer }, at) => ({ bytes: toBase64(bytes[at]!), afterAnswer }))
      this.exchange = exchangeOf(
        await this.bench.wires.raw({ lane: this.lane, parts, seconds: this.seconds }),
      )
      this.shown = this.exchange.marks.findLast(({ direction }) => direction === 'toClient')?.id ?? -1
      this.lit = -1
    } catch (thrown) {
      this.problem = thrown instanceof RangeError ? thrown.message : sentence(ChatError.from(thrown).message)
    }
    this.state = 'idle'
  }

  static override styles = [shared, inspectorStyles, panelStyles, composerStyles]
}

customElements.define('raw-composer', RawComposer)
