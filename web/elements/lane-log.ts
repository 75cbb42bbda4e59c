/** The conversation of one lane: newest at the bottom, and it stays there unless the reader scrolls up. */
import { html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { ChatMessage } from '../../lab/wire/message.ts'
import type { GapLine, Lane, MessageLine, Pending } from '../model/lane.ts'
import { TRAFFIC_AUTHOR } from '../model/traffic.ts'
import { milliseconds, number, timeOfDay } from '../words.ts'
import { logStyles } from './lane-log-styles.ts'
import { shared } from './shared-styles.ts'

/** Nearer to the bottom than this, in pixels, counts as at the bottom: two lines. */
const NEAR_PX = 40
/** Longer texts show this many characters and open on demand. */
const SHOWN_CHARS = 240

export class LaneLog extends LitElement {
  static override properties = {
    lane: { attribute: false },
    version: { type: Number },
    name: { type: String },
    spoken: { type: Boolean },
    unseen: { state: true },
  }
  declare lane: Lane
  declare version: number
  declare name: string
  /** Whether a screen reader is to read out what arrives. */
  declare spoken: boolean
  /** The newest line when the reader left the bottom; null while at the bottom. */
  declare unseen: number | null

  constructor() {
    super()
    this.spoken = false
    this.unseen = null
  }

  override render() {
    const { lines, pending } = this.lane
    const missed = this.unseen === null ? 0 : (lines.at(-1)?.key ?? -1) - this.unseen
    const empty = lines.length === 0 && pending.length === 0
    return html`<div
        class="scroll"
        role="log"
        tabindex="0"
        aria-label=${`Conversation by ${this.name}`}
        aria-live=${this.spoken ? 'polite' : 'off'}
        @scroll=${this.#onScroll}
      >
        ${empty ? html`<p class="empty">Nothing here yet.<br>Write below, and see it appear in every lane.</p>` : nothing}
        ${repeat(
          lines,
          ({ key }) => key,
          (line) => (line.kind === 'gap' ? gapLine(line) : messageLine(line)),
        )}
        ${pending.map(pendingLine)}
      </div>
      ${missed > 0 ? html`<button @click=${this.#toBottom}>↓ ${number(missed)} new</button>` : nothing}`
  }

  protected override updated(): void {
    if (this.unseen === null) this.#toBottom()
  }

  get #scroll(): HTMLElement {
    return this.renderRoot.querySelector('.scroll')!
  }

  #onScroll(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll
    if (scrollHeight - scrollTop - clientHeight < NEAR_PX) this.unseen = null
    else this.unseen ??= this.lane.lines.at(-1)?.key ?? -1
  }

  #toBottom(): void {
    this.unseen = null
    this.#scroll.scrollTop = this.#scroll.scrollHeight
  }

  static override styles = [shared, logStyles]
}

// Texts and names stand in text bindings only: whatever they hold, they cannot become markup.

function messageLine({ message, latency }: MessageLine) {
  const { author, text, publishedAt } = message
  return html`<div class=${author === TRAFFIC_AUTHOR ? 'line traffic' : 'line'}>
    <span class="author">${author}</span>
    <time>${timeOfDay(publishedAt)}</time>
    ${latencyOf(latency)} ${textOf(text)}
  </div>`
}

function latencyOf(latency: MessageLine['latency']) {
  if (latency === 'awaited') return html`<span class="ms"></span>`
  if (latency === 'untimed') return html`<span class="ms" title=${UNTIMED}>–</span>`
  return html`<span class="ms timed" title=${TIMED}>${milliseconds(latency)}</span>`
}

const UNTIMED = 'Not timed: another page published it, or this one was out of view meanwhile'
const TIMED = 'From publishing to being shown in this lane'

function textOf(text: ChatMessage['text']) {
  if (text.length <= SHOWN_CHARS) return html`<p class="text">${text}</p>`
  // Not between the two halves of a character outside of Unicode's first plane.
  const end = /[\uD800-\uDBFF]/.test(text[SHOWN_CHARS - 1]!) ? SHOWN_CHARS - 1 : SHOWN_CHARS
  return html`<details class="text">
    <summary>${text.slice(0, end)}<span class="rest">… ${number(text.length - end)} more characters</span></summary>
    ${text.slice(end)}
  </details>`
}

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
