/**
 * A conversation as it reads now: each message in its place, with its edits and its removal applied.
 *
 * The log only grows, so an edit is a message that comes later and names the one it is about. Here the
 * two are laid together, for the part that shows them. The server has checked all of it. But a client that
 * believed any server would let it put words into a person's mouth. So an edit that cannot be valid is shown
 * as a message of its own, and a person who has changed another person's message is named.
 */
import type { ChatMessage } from '../wire/message.ts'

export interface RenderedMessage {
  /** As it was said; its `text` may have been erased since. */
  readonly message: ChatMessage
  /** As it reads now; '' when it was removed. */
  readonly text: string
  readonly status: 'said' | 'edited' | 'removed'
  /** Who has changed it, when that was not its author. */
  readonly by: string | null
}

/**
 * Lays edits and removals onto what they are about. Linear in the number of messages.
 *
 * @param messages in the order of the log, as many as there are in view: an edit of one before them is
 *   shown by itself, and a removal of one before them not at all
 */
export function fold(messages: readonly ChatMessage[]): RenderedMessage[] {
  const rendered = new Map<number, RenderedMessage>()
  const first = messages[0]?.seq ?? 0
  for (const message of messages) {
    const about = message.note && 'seq' in message.note ? (rendered.get(message.note.seq) ?? null) : null
    const changed = about && change(about, message)
    if (changed) rendered.set(changed.message.seq, changed)
    else if (isShown(message, about, first)) rendered.set(message.seq, asWritten(message))
  }
  return [...rendered.values()]
}

/** What a later message makes of a rendered one; null when that message can do nothing to it. */
function change(
  about: RenderedMessage,
  { note, text, author, authorId }: ChatMessage,
): RenderedMessage | null {
  const { message } = about
  // A message without a proven author cannot be changed, and neither can an edit or a removal.
  if (authorId === undefined || (message.note && message.note.kind !== 'file')) return null
  const by = authorId === message.authorId ? null : author
  if (about.status === 'removed') return about // and so it stays
  if (note?.kind === 'removed') return { message, text: '', status: 'removed', by }
  return text === '' ? about : { message, text, status: 'edited', by }
}

/** Whether a message that changes nothing in view is to be seen by itself. */
function isShown({ note, text }: ChatMessage, about: RenderedMessage | null, first: number): boolean {
  if (!note || !('seq' in note)) return true
  const isOutOfReach = about === null && note.seq < first
  // An edit that was erased, or a removal of what cannot be seen, says nothing.
  return !(isOutOfReach && (note.kind === 'removed' || text === ''))
}

const asWritten = (message: ChatMessage): RenderedMessage => ({
  message,
  text: message.text,
  status: message.text === '' ? 'removed' : 'said', // no draft is empty: it was removed before we came
  by: null,
})
