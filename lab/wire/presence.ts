/**
 * Presence: who is in a room, as a state and not as events.
 *
 * Nobody can prove that somebody has gone; one can only stop hearing from them. So being here is a
 * lease: each sign of life renews it, and when none comes it runs out. All times are here, because they
 * hang together, and docs/reference/protocol.md states what they come to on each transport.
 */

/** Who is in a room, whole: a reader that is told of a change needs to remember nothing of before. */
export interface Here {
  /** In the order in which they came; at most {@link MAX_LISTED}. */
  readonly people: readonly PersonHere[]
  /** People who are here too and for whom the list had no place. */
  readonly unlisted: number
  /** Tabs of those who have not signed in: they have no name that could be shown. */
  readonly visitors: number
  /** Names of people who are writing something; at most {@link MAX_TYPING}. */
  readonly typing: readonly string[]
}

export interface PersonHere {
  readonly id: string
  readonly name: string
  /** `silent`: a sign of life is overdue, from each of this person's tabs. Soon they are here again, or gone. */
  readonly state: 'here' | 'silent'
}

/** What a reader tells of itself besides reading. */
export interface Sign {
  /** Types, or does so no more. */
  readonly typing?: boolean
  /** Goes, and will not come back with this tab. */
  readonly leaving?: boolean
}

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
/** How long somebody counts as typing after the last key. Tell it again while they type on: see {@link RETYPE_MS}. */
export const TYPING_MS = 5_000
/** How often a client tells that somebody types: often enough that one sign may be lost. */
export const RETYPE_MS = 2_000
/** Readers of a room are told of changes no more often than this: a crowd that comes at once is one change. */
export const COALESCE_MS = 250

/** Most people in the list: some 6 kB of JSON. Of more than that, a number says as much. */
export const MAX_LISTED = 100
/** Most names of people who type. Nobody reads more. */
export const MAX_TYPING = 10

/** What a tab may be called. Whoever knows it can make a visitor leave: draw it at random, and show it to nobody. */
export const A_TAB = '1 to 32 of a-z and 0-9'

export const isTab = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z0-9]{1,32}$/.test(value)
