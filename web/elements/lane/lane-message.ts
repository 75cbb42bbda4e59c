/**
 * One message of a lane's conversation, as it reads now.
 *
 * Texts and names stand in text bindings only: whatever they hold, they cannot become markup.
 */

import { html, nothing, type TemplateResult } from 'lit'
import type { RenderedMessage } from '../../../lab/client/fold.ts'
import { cut, shortened } from '../../../lab/wire/cut.ts'
import { isImage } from '../../../lab/wire/file-types.ts'
import type { FileRef } from '../../../lab/wire/message.ts'
import { isolated } from '../../../lab/wire/names.ts'
import type { Lane } from '../../model/lane.ts'
import type { MessageLine } from '../../model/lines.ts'
import { TRAFFIC_AUTHOR } from '../../model/traffic/traffic.ts'
import { bytes, inFullTime, milliseconds, number, timeSaid } from '../../words.ts'
import { OWN_QUEUE, ownQueue } from '../figures/page-busy.ts'

/** Longer texts show this many characters and open on demand. */
const SHOWN_CHARS = 240
/** How much of a text stands in the name of its button, in UTF-16 code units. */
const QUOTED_CHARS = 30

type Part = TemplateResult | typeof nothing

/** @param actions what the one who looks may do to it */
export function messageLine(
  { message, latency, isPages }: MessageLine,
  rendered: RenderedMessage | null,
  lane: Pick<Lane, 'fileUrl'>,
  actions: Part,
) {
  const { author, publishedAt, note, text } = message
  if (note?.kind === 'joined' || note?.kind === 'left') {
    return html`<p class="happening"><bdi>${note.person}</bdi> has ${note.kind === 'joined' ? 'joined' : 'left'}</p>`
  }
  const isUnsigned = message.authorId === undefined && author !== TRAFFIC_AUTHOR
  // One thing to a reader who hears the page: the author, the words, when, and after how long.
  return html`<div
    class=${author === TRAFFIC_AUTHOR ? 'line traffic' : 'line'}
    role="article"
    aria-label=${inOneBreath(author, rendered?.status === 'removed' ? 'removed' : (rendered?.text ?? text), publishedAt, latency)}
  >
    <span class="who">
      <bdi class="author">${author}</bdi>${isUnsigned ? html` <span class="unsigned" title=${UNSIGNED}>unsigned</span>` : nothing}
    </span>
    ${timeOf(publishedAt)}
    ${latencyOf(latency, isPages === true)} ${contents()} ${actions}
  </div>`

  function contents() {
    if (rendered?.status === 'removed') return gone(rendered)
    const words = rendered?.text ?? text
    if (note?.kind !== 'file') return textOf(words, rendered)
    // A link says the file's name already.
    const says = isImage(note.file.type) || words !== note.file.name ? textOf(words, rendered) : nothing
    return html`${fileOf(note.file, words, lane)} ${says}`
  }
}

/** Whether nothing in it can be opened or fetched, nor loses anything when it says something else. */
export const isPlain = ({ message: { note, text } }: MessageLine): boolean =>
  !note && text.length <= SHOWN_CHARS

/** Ada: Hello, 14:03:22, shown after 84 ms. */
function inOneBreath(author: string, words: string, at: number, latency: MessageLine['latency']): string {
  const after = typeof latency === 'number' ? `, shown after ${milliseconds(latency)}` : ''
  return `${isolated(author)}: ${isolated(shortened(words, QUOTED_CHARS))}, ${timeSaid(at, Date.now())}${after}`
}

/** Whether the one of that id may change what stands in the line. The server decides; this only says what to offer. */
export function mayChange(
  { message }: MessageLine,
  rendered: RenderedMessage | null,
  me: string | null,
  moderates: boolean,
): boolean {
  const isSaid = !message.note || message.note.kind === 'file'
  return me !== null && isSaid && rendered?.status !== 'removed' && (moderates || message.authorId === me)
}

interface Doings {
  readonly choose: () => void
  readonly edit: () => void
  readonly remove: () => void
}

/** A button, and behind it what can be done. */
export function changes(text: string, isOpen: boolean, { choose, edit, remove }: Doings) {
  return html`<button
      class="more"
      aria-expanded=${isOpen}
      aria-label=${`Change “${isolated(shortened(text, QUOTED_CHARS))}”`}
      @click=${choose}
    >⋯</button>
    ${
      isOpen
        ? html`<p class="changes">
            <button @click=${edit}>Edit</button>
            <button @click=${remove}>Remove for everybody</button>
          </p>`
        : nothing
    }`
}

function timeOf(at: number) {
  const full = inFullTime(at)
  return html`<time datetime=${full?.datetime ?? nothing} title=${full?.words ?? nothing}>${timeSaid(at, Date.now())}</time>`
}

function latencyOf(latency: MessageLine['latency'], holdsQueue: boolean) {
  const isTimed = typeof latency === 'number'
  const words = isTimed ? milliseconds(latency) : latency === 'untimed' ? '–' : ''
  const why = isTimed ? (holdsQueue ? OWN_QUEUE : TIMED) : latency === 'untimed' ? UNTIMED : nothing
  // One form for all three: an element that goes from one to the other is not made again.
  return html`<span class=${isTimed ? `ms timed ${ownQueue(holdsQueue)}` : 'ms'} title=${why}>${words}</span>`
}

const UNSIGNED = 'No person has proven to be this author'
const UNTIMED = 'Not timed: another page published it, or this one was out of view meanwhile'
const TIMED = 'From publishing to being shown in this lane'

/** A picture is shown, in a frame of one size: it must not push away what is read while it loads. */
function fileOf({ id, name, type, size }: FileRef, text: string, { fileUrl }: Pick<Lane, 'fileUrl'>) {
  const url = fileUrl(id)
  if (isImage(type)) {
    return html`<a class="picture" href=${url} target="_blank" rel="noopener">
      <img src=${url} alt=${text} loading="lazy">
    </a>`
  }
  return html`<a class="file" href=${url} download><bdi>${name}</bdi></a>
    <span class="size">${type === 'application/pdf' ? 'PDF' : 'text'}, ${bytes(size)}</span>`
}

export function textOf(text: string, rendered: RenderedMessage | null = null) {
  const mark =
    rendered?.status === 'edited'
      ? html`<span class="mark" dir="ltr"> (edited${by(rendered)})</span>`
      : nothing
  if (text.length <= SHOWN_CHARS) return html`<p class="text" dir="auto">${text}${mark}</p>`
  const end = cut(text, SHOWN_CHARS).length
  return html`<details class="text" dir="auto">
    <summary>${text.slice(0, end)}<span class="rest" dir="ltr">… ${number(text.length - end)} more characters</span>${mark}</summary>
    ${text.slice(end)}
  </details>`
}

const gone = (rendered: RenderedMessage) => html`<p class="text gone">Removed${by(rendered)}</p>`

const by = ({ by }: RenderedMessage) => (by === null ? '' : ` by ${isolated(by)}`)
