/**
 * From text to the words of message.ts, and no further if they are not those
 * words. Everything that arrives is parsed here once, at the edge, by client and
 * server alike; behind this file the types can be trusted.
 */
import { ChatError, type ChatErrorCode, type ErrorBody, isErrorCode } from './errors.ts'
import { MAX_NAME_LENGTH, MAX_TEXT_BYTES } from './limits.ts'
import type { ChatMessage, Cursor, Draft, FileRef, Note, Page } from './message.ts'
import { hidesSomething, NOTHING_HIDDEN } from './names.ts'
import { A_TAB, type Here, isTab, type PersonHere, type Sign } from './presence.ts'

export function parseJson(text: string, code: ChatErrorCode = 'bad-json'): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ChatError(code, 'this is not JSON', { cause })
  }
}

/** @param signedIn who says so, when that is known: then the draft may leave it out */
export function parseDraft(value: unknown, signedIn?: string): Draft {
  const { draftId, author = signedIn, text, note, ...unknown } = record(value, 'bad-draft', 'a draft')
  const extra = Object.keys(unknown)
  if (extra.length > 0) throw badDraft(`unknown field ${JSON.stringify(extra[0])}`)
  if (!isName(draftId)) throw badDraft(`draftId must be ${A_NAME}`)
  // A name that is held already stays, even if it is older than the rule.
  const isHeld = signedIn !== undefined && author === signedIn
  const name = isHeld ? signedIn : parseNewName(author, 'bad-draft', 'author')
  if (typeof text !== 'string' || text === '') throw badDraft('text must be a string that is not empty')
  if (utf8Length(text) > MAX_TEXT_BYTES) {
    throw new ChatError('too-large', `text must be at most ${MAX_TEXT_BYTES} bytes of UTF-8`)
  }
  if (note === undefined) return { draftId, author: name, text }
  const said = noteFrom(note)
  // Who comes and goes, the server says; a file is announced by the one who has received it.
  if (said?.kind !== 'edited' && said?.kind !== 'removed') {
    throw badDraft('note must be { kind: "edited" or "removed", seq: the number of a message }')
  }
  return { draftId, author: name, text, note: said }
}

/**
 * Lower-case, because a name in a URL should not come in two spellings. A private room is given its
 * name by the server: 103 random bits, so that knowing one is no accident, and forbidden is no guess.
 */
export function parseRoomName(value: unknown): string {
  if (typeof value === 'string' && /^[a-z0-9][a-z0-9_-]{0,63}$|^~[a-z0-9]{20}$/.test(value)) return value
  throw new ChatError(
    'bad-room',
    'a room name is 1 to 64 of a-z, 0-9, - and _, and starts with a letter or digit',
  )
}

/** Whether only its members may know of the room of this name, if there is one. */
export const isPrivate = (room: string): boolean => room.startsWith('~')

/** A message as the server sends it. Unknown fields pass: a newer server may say more than we know. */
export function parseMessage(value: unknown): ChatMessage {
  const { draftId, author, text, seq, publishedAt, authorId, note } = record(value, 'bad-answer', 'a message')
  if (
    typeof draftId !== 'string' ||
    typeof author !== 'string' ||
    typeof text !== 'string' ||
    typeof publishedAt !== 'number' ||
    typeof seq !== 'number'
  ) {
    throw new ChatError('bad-answer', 'the server sent something that is not a message')
  }
  const known = noteFrom(note)
  return {
    ...{ draftId, author, text, seq, publishedAt },
    ...(typeof authorId === 'string' && { authorId }),
    ...(known && { note: known }),
  }
}

/** What a message is besides its text; null when that is nothing that we know. */
function noteFrom(value: unknown): Note | null {
  if (typeof value !== 'object' || value === null) return null
  const { kind, seq, person, file } = value as Record<string, unknown>
  if (kind === 'edited' || kind === 'removed') return isSeq(seq) ? { kind, seq } : null
  if (kind === 'joined' || kind === 'left') return isName(person) ? { kind, person } : null
  return kind === 'file' && isFile(file) ? { kind, file } : null
}

const isSeq = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0

function isFile(value: unknown): value is FileRef {
  const { id, name, type, size } = (value ?? {}) as Record<string, unknown>
  return (
    typeof id === 'string' && typeof name === 'string' && typeof type === 'string' && typeof size === 'number'
  )
}

export function parsePage(value: unknown): Page {
  const { messages, cursor, gap, more, here, rooms } = record(value, 'bad-answer', 'a page')
  if (
    !Array.isArray(messages) ||
    typeof cursor !== 'string' ||
    typeof gap !== 'boolean' ||
    typeof more !== 'boolean'
  ) {
    throw new ChatError('bad-answer', 'the server sent something that is not a page')
  }
  const page: Page = { messages: messages.map(parseMessage), cursor: cursor as Cursor, gap, more }
  return { ...page, ...(here !== undefined && { here: parseHere(here) }), ...(isCount(rooms) && { rooms }) }
}

/** Who is here, as the server says. Somebody in a state that we do not know is left out. */
function parseHere(value: unknown): Here {
  const { people, unlisted, visitors, typing } = record(value, 'bad-answer', 'who is here')
  if (!Array.isArray(people) || !Array.isArray(typing) || !isCount(visitors) || !isCount(unlisted)) {
    throw new ChatError('bad-answer', 'the server sent something that does not say who is here')
  }
  return { people: people.filter(isPersonHere), unlisted, visitors, typing: typing.filter(isName) }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function isPersonHere(value: unknown): value is PersonHere {
  const { id, name, state } = (value ?? {}) as Record<string, unknown>
  return typeof id === 'string' && isName(name) && (state === 'here' || state === 'silent')
}

/** What a reader with a tab tells of itself, as a request's body. */
export function parseSign(value: unknown): Sign & { readonly tab: string } {
  const { tab, ...sign } = record(value, 'bad-request', 'a sign of life')
  if (!isTab(tab)) throw new ChatError('bad-request', `tab must be ${A_TAB}`)
  return { tab, ...signFrom(sign, 'bad-request') }
}

/** The rest of it, as a frame carries it: the socket knows its tab. */
export function signFrom(fields: Record<string, unknown>, code: ChatErrorCode): Sign {
  for (const [name, value] of Object.entries(fields)) {
    if (name !== 'typing' && name !== 'leaving') {
      throw new ChatError(code, `unknown field ${JSON.stringify(name)}`)
    }
    if (typeof value !== 'boolean') throw new ChatError(code, `${name} must be true or false`)
  }
  return fields
}

/** The body of an error answer, or null when it is not one of ours (a proxy's page, say). */
export function parseErrorBody(text: string): ErrorBody | null {
  try {
    return errorBodyFrom(record(JSON.parse(text), 'bad-answer', 'an error'))
  } catch {
    return null
  }
}

/** The fields of an error, as a body or a frame carries them; null when it is not one of ours. */
export function errorBodyFrom({ code, message, retryAfterS }: Record<string, unknown>): ErrorBody | null {
  if (!isErrorCode(code) || typeof message !== 'string') return null
  return isDelay(retryAfterS) ? { code, message, retryAfterS } : { code, message }
}

/** Seconds that a timer can wait: more than 2³¹ ms would fire at once. */
const isDelay = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 1e6

/** The fields of a JSON object; anything else is refused with `code`. */
export function record(value: unknown, code: ChatErrorCode, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new ChatError(code, `${what} must be a JSON object`)
}

/**
 * Why no person, group, file or program may be called that from now on, in words that follow what it is the
 * name of: "must be …". Null when they may.
 */
export function problemWithName(value: unknown): string | null {
  if (!isName(value)) return `must be ${A_NAME}`
  return hidesSomething(value) ? `must be ${NOTHING_HIDDEN}` : null
}

/** @param what it is the name of, in the words of the field. @throws ChatError with that code, when nothing may be called that */
export function parseNewName(value: unknown, code: ChatErrorCode, what: string): string {
  if (isName(value) && !hidesSomething(value)) return value
  throw new ChatError(code, `${what} ${problemWithName(value)}`)
}

/** What a name that we read, or a draft id, is made of: it says what is wrong with what is not {@link isName}. */
export const A_NAME = `1 to ${MAX_NAME_LENGTH} characters, without control characters, not only spaces`

export function isName(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= MAX_NAME_LENGTH && /\S/.test(value) && !/\p{Cc}/u.test(value)
  )
}

const badDraft = (message: string) => new ChatError('bad-draft', message)

const utf8 = new TextEncoder()

/** Bytes of `text` in UTF-8. A code unit never takes more than three, so most texts need no counting. */
function utf8Length(text: string): number {
  return text.length * 3 <= MAX_TEXT_BYTES ? text.length : utf8.encode(text).length
}
