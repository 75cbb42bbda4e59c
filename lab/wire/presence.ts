/**
 * Presence: who is in a room, as a state and not as events.
 *
 * A server cannot prove that a reader has gone; it can only stop hearing from it. So presence is a
 * lease: each sign of life renews it, and when none comes it expires. All times are here, because they
 * hang together, and docs/reference/protocol.md states what they come to on each transport.
 */
import * as v from 'valibot'
import { field, knownItems, type Parsed } from './field.ts'
import { NAME, NameSchema } from './names.ts'

/** What a reader tells of itself besides reading. */
export const PresenceUpdateSchema = v.strictObject({
  /** Types, or does so no more. */
  typing: v.exactOptional(v.boolean()),
  /** Goes, and will not come back with this tab. */
  leaving: v.exactOptional(v.boolean()),
})
export type PresenceUpdate = Parsed<typeof PresenceUpdateSchema>

/**
 * How long a reader may be quiet, unless its transport has agreed on more, or keeps a heartbeat: then until the
 * next of those. A stream of one direction is renewed by a request so often; the slowest poller of the lab's page
 * asks as often by itself.
 */
export const RENEW_MS = 10_000
/** What a sign of life may take on its way before the reader counts as silent. */
export const OVERDUE_MS = 4_000
/** How long a reader is silent before it is gone: time to notice a dead line, to wait, and to come back. */
export const SILENT_MS = 10_000
/** How often the leases are looked at: so much later than stated a change may be noticed. */
export const LOOK_MS = 1_000
/** How long a person counts as typing after the last key. Tell it again while they type on: see {@link RETYPE_MS}. */
export const TYPING_MS = 5_000
/** How often a client tells that its user types: often enough that one sign may be lost. */
export const RETYPE_MS = 2_000
/** Readers of a room are told of changes no more often than this: a crowd that comes at once is one change. */
export const COALESCE_MS = 250

/** Most people in the list: some 6 kB of JSON. Of more than that, a number says as much. */
export const MAX_LISTED = 100
/** Most names of people who type. A reader takes in no more. */
export const MAX_TYPING = 10

const PersonHereSchema = v.object({
  id: v.string(),
  name: field(NameSchema, 'As it is shown.', NAME),
  state: field(
    v.picklist(['here', 'silent']),
    '`here`, or `silent` when a sign of life is overdue from each of this person’s tabs: soon they are here again, or gone. Leave out a person in another state.',
    { enum: undefined },
  ),
})
export type PersonHere = Parsed<typeof PersonHereSchema>

/** A whole number from 0 on. */
export const countOf = (description = '') =>
  field(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), description, { type: 'integer' })

/** Who is in a room, whole: a reader that is told of a change needs to remember nothing of before. */
export const HereSchema = field(
  v.object({
    people: field(
      knownItems(PersonHereSchema),
      `People who have signed in, in the order in which they came; at most ${MAX_LISTED}.`,
    ),
    unlisted: countOf('People for whom the list had no place.'),
    visitors: countOf('Tabs of people who have not signed in: they have no name that could be shown.'),
    typing: field(
      knownItems(NameSchema),
      `Names of people who are writing something; at most ${MAX_TYPING}.`,
      { items: NAME },
    ),
  }),
  'Who is in a room, whole.',
)
export type Here = Parsed<typeof HereSchema>

/** The form of a client's id. A client that knows another's can make that visitor leave: draw it at random, and keep it secret. */
export const A_CLIENT_ID = '1 to 32 of a-z and 0-9'

export const isClientId = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z0-9]{1,32}$/.test(value)
