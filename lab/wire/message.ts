/**
 * The words every part of the lab shares: what a client may say, what the
 * server answers, and how a reader names its place in the conversation.
 *
 * Each word is a schema of valibot, and its type is taken from it; codec.ts parses by them, and
 * `npm run docs:sync` writes docs/reference/message.schema.json from them.
 *
 * Nothing in this folder may import another folder of the lab. It runs unchanged in the browser and in Node.
 */
import * as v from 'valibot'
import { field, ifKnown, type Parsed } from './field.ts'
import { FILE_TYPES } from './file-types.ts'
import { MAX_FILE_BYTES, MAX_TEXT_BYTES } from './limits.ts'
import { hidesSomething, isName, NAME, NameSchema } from './names.ts'
import { countOf, HereSchema } from './presence.ts'

export const SeqSchema = field(
  v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  "A message's number in its room: 1, 2, 3, … without holes.",
  { type: 'integer', maximum: Number.MAX_SAFE_INTEGER },
)
const SEQ = { $ref: '#/$defs/seq' }

export const CursorSchema = field(
  v.pipe(v.string(), v.brand('Cursor')),
  "A place in a room's log. Opaque: keep it, hand it back, never look inside.",
  { minLength: 1 },
)

/** A place in a room's log. Opaque to clients: keep it, hand it back, never look inside. */
export type Cursor = Parsed<typeof CursorSchema>

/** By the author of message `seq`, or by a moderator. */
const ChangeSchema = field(
  v.object({ kind: v.picklist(['edited', 'removed']), seq: SeqSchema }),
  'From here on, message `seq` says this text; or it is gone, from the log too.',
)

/** The server's word, not a client's. */
const MembershipSchema = field(
  v.object({ kind: v.picklist(['joined', 'left']), person: NameSchema }),
  'A person has become a member of the room, or is a member no more.',
)

/** A file that was posted to a room, and under which name it is fetched again. */
export const FileRefSchema = field(
  v.object({
    id: field(v.string(), '20 of a-z and 0-9.', { pattern: '^[a-z0-9]{20}$' }),
    name: field(v.string(), 'The name that its sender gave it; never a path.', NAME),
    type: field(v.string(), 'A media type (RFC 6838).', { enum: [...FILE_TYPES.keys()] }),
    size: field(v.number(), 'In bytes.', { type: 'integer', minimum: 1, maximum: MAX_FILE_BYTES }),
  }),
  'A file in the room; GET /rooms/ROOM/files/ID has its bytes.',
)
export type FileRef = Parsed<typeof FileRefSchema>

/**
 * What a message is, when it is not only its text. The log is append-only, so whatever happens to a
 * message is another message, which names it.
 *
 * A reader that does not know a kind shows the text, which is always there to be shown; that is how
 * kinds can be added.
 */
export const NoteSchema = field(
  v.variant('kind', [
    ChangeSchema,
    MembershipSchema,
    field(v.object({ kind: v.literal('file'), file: FileRefSchema }), 'A file lies in the room.'),
  ]),
  'What a message is besides its text.',
)
export type Note = Parsed<typeof NoteSchema>

/** A name that may be given from now on: one that also hides nothing. */
const NewNameSchema = v.pipe(
  v.string(),
  v.check((name) => isName(name) && !hidesSomething(name)),
)

const TextSchema = field(
  v.pipe(v.string(), v.minLength(1), v.check(isShortEnough)),
  `At most ${MAX_TEXT_BYTES.toLocaleString('en')} bytes of UTF-8.`,
  { maxLength: MAX_TEXT_BYTES },
)

/** What a client asks the hub to publish. It is closed: the server refuses a field that is not here. */
export const DraftSchema = v.strictObject({
  /** Chosen by the sender, so that a draft that is sent twice is published once. */
  draftId: NameSchema,
  author: NewNameSchema,
  text: TextSchema,
  note: v.optional(
    field(ChangeSchema, 'What this does to another message. All other kinds are the server’s to say.'),
  ),
})
/** A draft under a name that is held already. Such a name stays, even if it is older than the rule for new ones. */
export const HeldDraftSchema = v.strictObject({ ...DraftSchema.entries, author: v.string() })

/** A draft as the JSON Schema describes it. */
export const SentDraftSchema = field(
  v.strictObject({
    ...DraftSchema.entries,
    author: field(
      v.optional(NewNameSchema),
      'The name of the sender. A sender who has signed in may leave it out, and must not give another name.',
      NAME,
    ),
  }),
  'What a client sends: the body of POST …/messages, and `draft` in a `send` frame. Nothing else may stand in it.',
)

/** A draft that the hub has accepted and given a place in a room's log. */
export const ChatMessageSchema = field(
  v.object({
    seq: field(v.number(), '1, 2, 3, … without holes, for as long as the log lives.', SEQ),
    publishedAt: field(
      v.number(),
      "The server's clock, in milliseconds since the Unix epoch. Order comes from `seq`.",
      { type: 'integer', minimum: 0 },
    ),
    draftId: field(v.string(), 'As the sender has chosen it.', NAME),
    author: field(v.string(), 'Under which name it was sent.', NAME),
    authorId: field(
      ifKnown(v.string()),
      'The person who has proven to be the author. Absent when there is no proof: then `author` is only what the sender claimed.',
      { pattern: '^[a-z0-9]{1,32}$' },
    ),
    text: field(v.string(), 'Empty when the message has been removed, and only then.', {
      maxLength: MAX_TEXT_BYTES,
    }),
    note: field(ifKnown(NoteSchema), 'What the message is, when it is not only its text.', {
      $ref: '#/$defs/Note',
    }),
  }),
  'What the server answers to a draft, and sends to readers.',
)
export type ChatMessage = Parsed<typeof ChatMessageSchema>

/** A draft, and who has proven to be its author. `authorId` is absent when `author` is only what was claimed. */
export type SignedDraft = Omit<ChatMessage, 'seq' | 'publishedAt'>

/** What a client asks the hub to publish. A client's note is an edit or a removal; the server makes the others. */
export type Draft = Omit<SignedDraft, 'authorId'>

/** A run of consecutive messages, and where to go on reading after them. */
export const PageSchema = v.object({
  messages: v.array(ChatMessageSchema),
  cursor: CursorSchema,
  gap: field(
    v.boolean(),
    "True when what came between the reader's cursor and this page can no longer be had.",
  ),
  more: field(v.boolean(), 'True when the log already holds messages after this page: do not wait, read on.'),
  here: field(
    v.optional(HereSchema),
    'Who is in the room, when that has changed since this reader was last told. Only for readers with a tab.',
    { $ref: '#/$defs/Here' },
  ),
  rooms: field(
    ifKnown(countOf()),
    "Present when the reader's own rooms have changed since it was last told: it was invited, made a member or moderator, sent away, or a room is gone. `GET /rooms` says how they stand now. The number tells two changes apart and means nothing else. Only for readers with a tab who have signed in.",
  ),
})
export type Page = Parsed<typeof PageSchema>

/** What a draft is known by. Names hold no control characters (codec.ts), so NUL keeps the two apart. */
export const draftKey = ({ author, draftId }: Pick<Draft, 'author' | 'draftId'>): string =>
  `${author}\0${draftId}`

/** What a message is after another has removed it: its place and who said it, and nothing of what was said. */
export function erased({ note, ...message }: ChatMessage): ChatMessage {
  return { ...message, text: '', ...(note && note.kind !== 'file' && { note }) }
}

/** Whether the text of `message` goes when message `seq` is removed: its own, and what it was edited to. */
export function goesWith(seq: number, { seq: own, note }: ChatMessage): boolean {
  return own === seq || (note?.kind === 'edited' && note.seq === seq)
}

const utf8 = new TextEncoder()

/** Whether `text` fits, in bytes of UTF-8. A code unit never takes more than three, so most texts need no counting. */
function isShortEnough(text: string): boolean {
  return text.length * 3 <= MAX_TEXT_BYTES || utf8.encode(text).length <= MAX_TEXT_BYTES
}
