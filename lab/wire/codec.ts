/**
 * From text to the words of message.ts, and no further if they are not those
 * words. Everything that arrives is parsed here once, at the edge, by client and
 * server alike; behind this file the types can be trusted.
 *
 * A schema makes a copy that holds only the fields it knows, so no other field gets through: not even
 * `__proto__`, which JSON can carry.
 */

import * as v from 'valibot'
import { ChatError, type ChatErrorCode, type ErrorBody, ErrorBodySchema } from './errors.ts'
import { type Parsed, withoutUnknown } from './field.ts'
import { MAX_TEXT_BYTES } from './limits.ts'
import {
  type ChatMessage,
  ChatMessageSchema,
  type Draft,
  DraftSchema,
  HeldDraftSchema,
  type Page,
  PageSchema,
} from './message.ts'
import { A_NAME, problemWithName, quoted } from './names.ts'
import { A_CLIENT_ID, isClientId, type PresenceUpdate, PresenceUpdateSchema } from './presence.ts'

export function parseJson(text: string, code: ChatErrorCode = 'bad-json'): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ChatError(code, 'this is not JSON', { cause })
  }
}

/** @param signedIn the name of the sender who has signed in: then the draft may leave out its author */
export function parseDraft(value: unknown, signedIn?: string): Draft {
  const { author = signedIn, ...fields } = record(value, 'bad-draft', 'a draft')
  const isHeld = signedIn !== undefined && author === signedIn
  const { success, output, issues } = v.safeParse(isHeld ? HeldDraftSchema : DraftSchema, {
    ...fields,
    author,
  })
  if (success) return output as Draft
  throw draftError(issues, author)
}

/** What a draft's fields must be. A field that a draft does not have is named first, and then the first that is wrong. */
const DRAFT_FIELDS: Readonly<Record<string, string>> = {
  draftId: `must be ${A_NAME}`,
  text: 'must be a string that is not empty',
  note: 'must be { kind: "edited" or "removed", seq: the number of a message }',
}

function draftError(issues: readonly Issue[], author: unknown): ChatError {
  const unknown = issues.find(isUnknownField)
  if (unknown) return unknownField(unknown, 'bad-draft')
  // In the order of the schema, not of what was sent: the same draft has the same error everywhere.
  const order = Object.keys(DraftSchema.entries)
  const [first] = [...issues].sort((a, b) => order.indexOf(fieldOf(a)) - order.indexOf(fieldOf(b)))
  const name = fieldOf(first!)
  if (name === 'text' && first!.type === 'check') {
    return new ChatError('too-large', `text must be at most ${MAX_TEXT_BYTES} bytes of UTF-8`)
  }
  const problem = name === 'author' ? problemWithName(author) : DRAFT_FIELDS[name]
  return new ChatError('bad-draft', `${name} ${problem}`)
}

/**
 * Lower-case, because a name in a URL should not come in two spellings. The server names private rooms:
 * 103 random bits, so they cannot be guessed, and `not-allowed` gives nothing away.
 */
export function parseRoomName(value: unknown): string {
  if (typeof value === 'string' && ROOM_NAME.test(value)) return value
  throw new ChatError(
    'bad-room',
    'a room name is 1 to 64 of a-z, 0-9, - and _, and starts with a letter or digit, or with one _ for a room that is not kept',
  )
}

/** A public room, one that is not kept, and a private one. */
const ROOM_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$|^_[a-z0-9][a-z0-9_-]{0,62}$|^~[a-z0-9]{20}$/

/** Whether only its members may know of the room of this name, if there is one. */
export const isPrivate = (room: string): boolean => room.startsWith('~')

/** Whether a room of this name is in memory only, in no list, and gone when it is empty (docs/decisions/062-a-room-that-moves.md). */
export const isTransient = (room: string): boolean => room.startsWith('_')

/** A message as the server sends it. Unknown fields pass: a newer server may say more than we know. */
export function parseMessage(value: unknown): ChatMessage {
  return withoutUnknown(fromServer(ChatMessageSchema, value, 'a message'))
}

/** A page as the server sends it. Unknown fields, kinds of notes and states of people pass. */
export function parsePage(value: unknown): Page {
  const page = fromServer(PageSchema, value, 'a page')
  for (const message of page.messages) withoutUnknown(message)
  return withoutUnknown(page)
}

/** @param what the server should have sent, for the error */
function fromServer<S extends v.GenericSchema>(schema: S, value: unknown, what: string): Parsed<S> {
  const { success, output, issues } = v.safeParse(schema, value, ABORT_EARLY)
  if (success) return output as Parsed<S>
  const where = v.getDotPath(issues[0])
  throw new ChatError(
    'bad-answer',
    `the server sent something that is not ${what}${where === null ? '' : `: look at ${where}`}`,
  )
}

const ABORT_EARLY = { abortEarly: true }

/** What a reader with a client id, `tab` on the wire, tells of itself as a request's body. */
export function parsePresenceUpdate(value: unknown): PresenceUpdate & { readonly clientId: string } {
  const { tab, ...update } = record(value, 'bad-request', 'a sign of life')
  if (!isClientId(tab)) throw new ChatError('bad-request', `tab must be ${A_CLIENT_ID}`)
  return { clientId: tab, ...presenceUpdateFrom(update, 'bad-request') }
}

/** The rest of it, as a frame carries it: the socket knows its client id. */
export function presenceUpdateFrom(fields: Record<string, unknown>, code: ChatErrorCode): PresenceUpdate {
  const { success, output, issues } = v.safeParse(PresenceUpdateSchema, fields)
  if (success) return output as PresenceUpdate
  const unknown = issues.find(isUnknownField)
  throw unknown
    ? unknownField(unknown, code)
    : new ChatError(code, `${fieldOf(issues[0])} must be true or false`)
}

type Issue = v.BaseIssue<unknown>
const fieldOf = ({ path }: Issue): string => String(path?.[0].key)
const isUnknownField = ({ type, expected, path }: Issue) =>
  type === 'strict_object' && expected === 'never' && path?.length === 1
const unknownField = (issue: Issue, code: ChatErrorCode) =>
  new ChatError(code, `unknown field ${quoted(fieldOf(issue))}`)

/** The body of an error answer, or null when it is not one of ours (a proxy's page, say). */
export function parseErrorBody(text: string): ErrorBody | null {
  try {
    return errorBodyFrom(record(JSON.parse(text), 'bad-answer', 'an error'))
  } catch {
    return null
  }
}

/** The fields of an error, as a body or a frame carries them; null when it is not one of ours. */
export function errorBodyFrom(fields: Record<string, unknown>): ErrorBody | null {
  const { success, output } = v.safeParse(ErrorBodySchema, fields)
  return success ? (withoutUnknown(output) as ErrorBody) : null
}

/** The fields of a JSON object; anything else is refused with `code`. */
export function record(value: unknown, code: ChatErrorCode, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new ChatError(code, `${what} must be a JSON object`)
}

/** @param what it is the name of, in the words of the field. @throws ChatError with that code, when nothing may have this name */
export function parseNewName(value: unknown, code: ChatErrorCode, what: string): string {
  const problem = problemWithName(value)
  if (problem === null) return value as string
  throw new ChatError(code, `${what} ${problem}`)
}
