/**
 * The conversation of one lane: newest at the bottom, and it stays there unless the reader scrolls up. Then what
 * they read stays where it is, whatever comes, goes, or changes its height above and below.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { guard } from 'lit/directives/guard.js'
import { repeat } from 'lit/directives/repeat.js'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import type { RenderedMessage } from '../../../lab/client/fold.ts'
import type { Lane, Pending } from '../../model/lane.ts'
import type { EarlierLines, GapLine, MessageLine } from '../../model/lines.ts'
import { type ReadLine, readingOf } from '../../model/reading.ts'
import { rushLines } from '../../model/rush.ts'
import { emptyInWords, number, untilMidnight } from '../../words.ts'
import { logStyles } from './lane-log-styles.ts'
import { changes, isPlain, mayChange, messageLine, textOf } from './lane-message.ts'

/** Who comes nearer to the bottom than this, in pixels, is at the bottom again: two lines. */
const NEAR_PX = 40
/** Who leaves it by more than this has left it, even by the small steps of a touchpad. */
const LEFT_PX = 2

/** A line that is in view, and how far below the upper edge it stands. */
interface Anchor {
  readonly element: Element
  readonly top: number
}

export class LaneLog extends LitElement {
  static override properties = {
    lane: { attribute: false },
    version: { type: Number },
    name: { type: String },
    spoken: { type: Boolean },
    rushing: { type: Boolean },
    me: { type: String },
    moderates: { type: Boolean },
    unseen: { state: true },
    chosen: { state: true },
  }
  declare lane: Lane
  declare version: number
  declare name: string
  /** Whether a screen reader is to read out what arrives. */
  declare spoken: boolean
  /** More comes than can be read: the newest lines are drawn, and all of them for a reader who is further up. */
  declare rushing: boolean
  /** The id of the person who has signed in here; null for a visitor. */
  declare me: string | null
  /** Whether they may edit and remove what others have said. */
  declare moderates: boolean
  /** The key of the line whose text the reader is about to change; null for none. */
  declare chosen: number | null
  /** The newest line when the reader left the bottom; null while at the bottom. */
  declare unseen: number | null
  /** What the reader has in view, while they are held there. */
  #anchors: readonly Anchor[] = []
  #lastTop = 0
  /** The newest line that has been drawn: a reader has seen no newer one, though the lane may have it already. */
  #drawn = -1
  /** Of what is in view, and of a line of it on average, in pixels. */
  #height = 0
  #lineHeight = 0
  readonly #resized = new ResizeObserver(() => {
    this.#height = this.#scroll.clientHeight
    this.#settle()
  })
  #midnight: ReturnType<typeof setTimeout> | undefined
  /** {@link look} has been called for the drawing that comes. */
  #hasLooked = false
  /** The keyboard has come to “Earlier”, which scrolls it into view, from a reader who was at the bottom. */
  #passesBy = false

  constructor() {
    super()
    this.spoken = false
    this.rushing = false
    this.me = null
    this.moderates = false
    this.chosen = null
    this.unseen = null
  }

  override render() {
    const { lines, pending, earlier } = this.lane
    const missed = this.unseen === null ? 0 : (lines.at(-1)?.key ?? -1) + this.lane.heldBack - this.unseen
    const empty = lines.length === 0 && pending.length === 0
    const read = readingOf([...earlier.lines, ...lines])
    const today = new Date().toDateString()
    const flows = this.rushing && !this.#isHeld
    return html`<div
        class="scroll"
        role="log"
        tabindex="0"
        aria-label=${`Conversation by ${this.name}`}
        aria-live=${this.spoken && this.unseen === null ? 'polite' : 'off'}
        @scroll=${this.#onScroll}
      >
        ${empty ? html`<p class="empty">${emptyInWords(this.lane.state, this.lane.wanted).map((words) => html`<span dir="auto">${words}</span>`)}</p>` : nothing}
        ${this.#earlier(earlier)}
        ${repeat(
          flows ? read.slice(-rushLines(this.#height, this.#lineHeight)) : read,
          (read, row) => (flows && this.#isPlain(read) ? `row ${row}` : read.line.key),
          (read) => (read.line.kind === 'gap' ? gapLine(read.line) : this.#message(read, today)),
        )}
        ${
          this.lane.heldBack > 0
            ? html`<p class="gap">${number(this.lane.heldBack)} newer messages are not shown here. “new” below takes you to the newest.</p>`
            : nothing
        }
        ${pending.map(pendingLine)}
      </div>
      ${missed > 0 ? html`<button class="newest" @click=${this.#toBottom}>↓ ${number(missed)} new</button>` : nothing}`
  }

  /**
   * Whether an element may pass from one line to the next, as it does in a rush: to put other words into what is there costs a fraction
   * of making it. One with a button, or that a reader can open, stays its line's own: a click is meant for what stood there.
   */
  #isPlain({ line, rendered }: ReadLine): boolean {
    return line.kind === 'message' && !mayChange(line, rendered, this.me, this.moderates) && isPlain(line)
  }

  /** Made again only when something that stands in it has changed: a reader may have a thousand lines, and most stay as they are. */
  #message({ line, rendered }: ReadLine, today: string) {
    if (line.kind === 'gap') return nothing
    const { latency, isPages, key } = line
    const mine = [this.lane, this.me, this.moderates, this.chosen === key]
    const reads = rendered && [rendered.text, rendered.status, rendered.by]
    return guard([line, latency, isPages, today, ...mine, ...(reads ?? [])], () =>
      this.#lineOf(line, rendered),
    )
  }

  #lineOf(line: MessageLine, rendered: RenderedMessage | null) {
    const { key, message } = line
    const { lane } = this
    const isOpen = this.chosen === key
    if (!mayChange(line, rendered, this.me, this.moderates)) return messageLine(line, rendered, lane, nothing)
    const text = rendered?.text ?? message.text
    return messageLine(
      line,
      rendered,
      lane,
      changes(text, isOpen, {
        choose: () => (this.chosen = isOpen ? null : key),
        edit: () => {
          this.chosen = null
          lane.edit({ seq: message.seq, text })
        },
        remove: () => {
          this.chosen = null
          void lane.remove(message.seq)
        },
      }),
    )
  }

  /** Above the first line: how to get what was said before it. */
  #earlier({ state, isMore, lines }: EarlierLines) {
    if (!isMore) {
      return lines.length > 0 ? html`<p class="earlier" role="status">${begins(lines)}</p>` : nothing
    }
    const words =
      state === 'loading' ? 'Reading…' : state === 'failed' ? 'That failed. Try again' : '↑ Earlier'
    return html`<button
      class="earlier"
      aria-disabled=${state === 'loading'}
      @click=${this.#showEarlier}
      @focus=${this.#onEarlierFocus}
      @blur=${this.#onEarlierBlur}
    >
      ${words}
    </button>`
  }

  /** On the way to the box below, the Tab key comes by here. That is no wish to read what was. */
  #onEarlierFocus(): void {
    this.#passesBy = this.unseen === null
  }

  #onEarlierBlur(): void {
    if (this.#passesBy) this.#toBottom()
    this.#passesBy = false
  }

  #showEarlier(): void {
    this.#passesBy = false
    // A reader who asks for earlier messages does not want to be taken to the newest.
    this.unseen ??= this.#drawn
    void this.lane.showEarlier()
  }

  /** Away from the newest, or about to choose what to do with a line: nothing may move then. */
  get #isHeld(): boolean {
    return this.unseen !== null || this.chosen !== null
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('lane') && this.hasUpdated) {
      // The numbers of another conversation mean something else.
      this.unseen = null
      this.chosen = null
    } else if (!this.#hasLooked) this.look()
    this.#hasLooked = false
    if (this.#isHeld) this.lane.hold()
    this.#anchors = this.hasUpdated && this.#isHeld ? this.#inView() : []
  }

  /**
   * A reader may have scrolled since the last frame, and the event is not here yet: their step must not be taken back. Called before all
   * lanes of a page draw, it costs nothing; once one of them has drawn, each such question makes the browser lay out the page.
   */
  look(): void {
    if (!this.hasUpdated) return
    this.#onScroll()
    this.#hasLooked = true
  }

  protected override firstUpdated(): void {
    this.#resized.observe(this.#scroll)
  }

  protected override updated(): void {
    this.#drawn = this.lane.lines.at(-1)?.key ?? -1
    // All is in view, after a reset for example: there is nothing to be away from.
    if (this.unseen !== null && this.#isWhole) this.unseen = null
    if (this.#isHeld) {
      this.#settle()
      return
    }
    this.lane.toNewest()
    // With the others that are drawn now: the first of them makes the browser lay out the page, for all.
    toSettle.add(this)
    if (toSettle.size === 1) queueMicrotask(settleAll)
  }

  /** For those that are drawn together: see {@link toSettle}. */
  settle(): void {
    if (this.isConnected) this.#settle()
  }

  get #isWhole(): boolean {
    const { earlier } = this.lane
    const { scrollHeight, clientHeight } = this.#scroll
    return scrollHeight <= clientHeight && earlier.lines.length === 0 && earlier.state === 'idle'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#untilTomorrow()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#midnight)
    this.#resized.disconnect()
  }

  /** At midnight, what was said today becomes what was said yesterday. */
  #untilTomorrow(): void {
    this.#midnight = setTimeout(() => {
      this.requestUpdate()
      this.#untilTomorrow()
    }, untilMidnight(Date.now()))
  }

  /** Puts what the reader had in view back to where it was; or the newest to the bottom, for who was there. */
  #settle(): void {
    const { lines, pending } = this.lane
    // To ask where something stands makes the browser lay out the page: not for a log in which nothing does.
    if (!this.#isHeld && lines.length === 0 && pending.length === 0) {
      this.#lastTop = 0
      return
    }
    const scroll = this.#scroll
    if (this.#isHeld) {
      const still = this.#anchors.find(({ element }) => element.isConnected)
      if (still) scroll.scrollTop += topIn(scroll, still.element) - still.top
      this.#anchors = this.#inView()
    } else {
      const { scrollHeight } = scroll
      // Above fewer lines there is room, which says nothing of their height.
      if (scrollHeight > this.#height) this.#lineHeight = scrollHeight / scroll.childElementCount
      scroll.scrollTop = scrollHeight
    }
    this.#lastTop = scroll.scrollTop
  }

  /** The lines in view, found by halving: a reader may have a thousand. */
  #inView(): readonly Anchor[] {
    const scroll = this.#scroll
    const lines = [...scroll.querySelectorAll(':scope > :is(.line, .gap, .happening)')]
    let first = 0
    for (let end = lines.length; first < end; ) {
      const middle = (first + end) >> 1
      const line = lines[middle]!
      if (topIn(scroll, line) + line.clientHeight > 0) end = middle
      else first = middle + 1
    }
    const anchors: Anchor[] = []
    for (const element of lines.slice(first)) {
      const top = topIn(scroll, element)
      if (top >= scroll.clientHeight) break
      anchors.push({ element, top })
    }
    return anchors
  }

  get #scroll(): HTMLElement {
    return this.renderRoot.querySelector('.scroll')!
  }

  #onScroll(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll
    const below = scrollHeight - scrollTop - clientHeight
    if (scrollTop === this.#lastTop) return // put there by this log, as when all lines are drawn again for a reader who has left
    const wentUp = scrollTop < this.#lastTop
    this.#lastTop = scrollTop
    if (this.unseen === null && !(wentUp && below > LEFT_PX)) return
    if (below < NEAR_PX && !wentUp && this.lane.heldBack === 0) {
      if (scrollHeight > clientHeight) this.unseen = null
      return
    }
    this.unseen ??= this.#drawn
    this.#anchors = this.#inView()
    const { isMore, state } = this.lane.earlier
    if (scrollTop < NEAR_PX && isMore && state === 'idle' && !this.#passesBy) this.#showEarlier()
  }

  #toBottom(): void {
    this.chosen = null
    this.unseen = null
    this.#settle()
  }

  static override styles = [shared, logStyles]
}

/** Logs whose newest lines have been drawn and are not in view yet. */
const toSettle = new Set<LaneLog>()

function settleAll(): void {
  const all = [...toSettle]
  toSettle.clear()
  for (const log of all) log.settle()
}

const begins = (lines: readonly MessageLine[]) =>
  lines[0]?.message.seq === 1 ? 'Here the conversation began' : 'What was before is no longer kept'

/** How far below the upper edge of what is in view, in pixels. */
const topIn = (scroll: Element, element: Element): number =>
  element.getBoundingClientRect().top - scroll.getBoundingClientRect().top - scroll.clientTop

function gapLine({ lost }: GapLine) {
  return html`<p class="gap">
    ${
      lost > 0
        ? `${number(lost)} ${lost === 1 ? 'message' : 'messages'} lost here`
        : 'The server began a new log here. What was unread in the old one is gone.'
    }
  </p>`
}

function pendingLine({ text, accepted }: Pending) {
  return html`<div class="line pending">
    <span class="author">${accepted ? 'Accepted, not read back yet' : 'Waiting to be sent'}</span>
    ${textOf(text)}
  </div>`
}

customElements.define('lane-log', LaneLog)
