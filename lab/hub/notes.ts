/** Whether what a note says can be so. Whether its author may say it is asked before (lab/people/membership/access.ts). */
import { ChatError } from '../wire/errors.ts'
import type { ChatMessage, Note } from '../wire/message.ts'

/**
 * An edit and a removal name a message that is there: one that a person wrote, never another edit or
 * removal. So there are no chains to follow, and a removed message stays removed.
 *
 * @param about the message that the note names, if it is kept
 * @param pending notes of what was published and cannot be seen yet: a removal among it counts already, or an edit
 *   that comes behind it in the same turn would bring the text back
 * @throws ChatError `not-found`
 */
export function checkNote(note: Note, about: ChatMessage | null, pending: Iterable<Note>): void {
  if (note.kind !== 'edited' && note.kind !== 'removed') return
  const isSaid = about !== null && (!about.note || about.note.kind === 'file')
  if (!isSaid || isRemoved(about) || [...pending].some((one) => removes(one, note.seq))) {
    throw new ChatError('not-found', `there is no message ${note.seq} that could be ${note.kind}`)
  }
}

/** No draft has an empty text, so only a message that was removed has. */
export const isRemoved = ({ text }: Pick<ChatMessage, 'text'>): boolean => text === ''

const removes = (note: Note, seq: number) => note.kind === 'removed' && note.seq === seq

/** Whether a draft that comes again is the one that became `known`. What it said may have been removed since. */
export const isSameDraft = (
  known: Pick<ChatMessage, 'text' | 'note'>,
  text: string,
  note: Note | undefined,
): boolean => isRemoved(known) || (known.text === text && isSameNote(known.note, note))

/** Notes are made by our own parser, so that the same note is the same text. */
const isSameNote = (a: Note | undefined, b: Note | undefined) => JSON.stringify(a) === JSON.stringify(b)
