/** The conversation of one lane: newest at the bottom, and it stays there unless the reader scrolls up. */
import { html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import type { EarlierLines, GapLine, Lane, MessageLine, Pending } from '../../model/lane.ts'
import { type ReadLine, readingOf } from '../../model/reading.ts'
import { number } from '../../words.ts'
import { logStyles } from './lane-log-styles.ts'
import { changes, mayChange, messageLine, textOf } from './lane-message.ts'

/** Nearer to the bottom than this, in pixels, counts as at the bottom: two lines. */
const NEAR_PX = 40

export class LaneLog extends LitElement {
  static override properties = {
    lane: { attribute: false },
    version: { type: Number },
    name: { type: String },
    spoken: { type: Boolean },
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
  /** The id of who has signed in here; null when nobody has. */
  declare me: string | null
  /** Whether they may edit and remove what others have said. */
  declare moderates: boolean
  /** The key of the line whose text somebody is about to change; null for none. */
  declare chosen: number | null
  /** The newest line when the reader left the bottom; null while at the bottom. */
  declare unseen: number | null
  /** How far the bottom was from the top of what is in view, before earlier lines were put in front. */
  #fromBottom: number | null = null
  #earlierCount = 0
  /** The keyboard has come to “Earlier”, which scrolls it into view, from a reader who was at the bottom. */
  #passesBy = false

  constructor() {
    super()
    this.spoken = false
    this.me = null
    this.moderates = false
    this.chosen = null
    this.unseen = null
  }

  override render() {
    const { lines, pending, earlier } = this.lane
    const missed = this.unseen === null ? 0 : (lines.at(-1)?.key ?? -1) - this.unseen
    const empty = lines.length === 0 && pending.length === 0
    return html`<div
        class="scroll"
        role="log"
        tabindex="0"
        aria-label=${`Conversation by ${this.name}`}
        aria-live=${this.spoken && this.unseen === null ? 'polite' : 'off'}
        @scroll=${this.#onScroll}
      >
        ${empty ? html`<p class="empty">Nothing here yet.<br>Write below, and see it appear in every lane.</p>` : nothing}
        ${this.#earlier(earlier)}
        ${repeat(
          readingOf([...earlier.lines, ...lines]),
          ({ line }) => line.key,
          (read) => (read.line.kind === 'gap' ? gapLine(read.line) : this.#message(read)),
        )}
        ${pending.map(pendingLine)}
      </div>
      ${missed > 0 ? html`<button class="newest" @click=${this.#toBottom}>↓ ${number(missed)} new</button>` : nothing}`
  }

  #message({ line, saying }: ReadLine) {
    if (line.kind === 'gap') return nothing
    const { key, message } = line
    const { lane } = this
    const isOpen = this.chosen === key
    if (!mayChange(line, saying, this.me, this.moderates)) return messageLine(line, saying, lane, nothing)
    const text = saying?.text ?? message.text
    return messageLine(
      line,
      saying,
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
    // Whoever asks for what was does not want to be taken to what is.
    this.unseen ??= this.lane.lines.at(-1)?.key ?? -1
    void this.lane.showEarlier()
  }

  protected override willUpdate(): void {
    const count = this.hasUpdated ? this.lane.earlier.lines.length : 0
    if (count > this.#earlierCount) this.#fromBottom = this.#scroll.scrollHeight - this.#scroll.scrollTop
    this.#earlierCount = count
  }

  protected override updated(): void {
    // What was in view stays there when something is put in front of it.
    if (this.#fromBottom !== null) this.#scroll.scrollTop = this.#scroll.scrollHeight - this.#fromBottom
    this.#fromBottom = null
    if (this.unseen === null) this.#toBottom()
  }

  get #scroll(): HTMLElement {
    return this.renderRoot.querySelector('.scroll')!
  }

  #onScroll(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll
    if (scrollHeight - scrollTop - clientHeight < NEAR_PX) {
      if (this.unseen !== null && scrollHeight > clientHeight) this.lane.forgetEarlier()
      this.unseen = null
      return
    }
    this.unseen ??= this.lane.lines.at(-1)?.key ?? -1
    const { isMore, state } = this.lane.earlier
    if (scrollTop < NEAR_PX && isMore && state === 'idle' && !this.#passesBy) this.#showEarlier()
  }

  #toBottom(): void {
    if (this.lane.earlier.lines.length > 0) this.lane.forgetEarlier()
    this.unseen = null
    this.#scroll.scrollTop = this.#scroll.scrollHeight
  }

  static override styles = [shared, logStyles]
}

const begins = (lines: readonly MessageLine[]) =>
  lines[0]?.message.seq === 1 ? 'Here the conversation began' : 'What was before is no longer kept'

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
