/**
 * Token buckets, one per writer across all transports: a writer whose bucket is empty on one transport gets no
 * further on another.
 *
 * A bucket is one number, the moment at which it will be full again (the form of it that is known as
 * GCRA). A full bucket is the same as none, so only those who wrote lately are remembered, and no more
 * than MAX_WRITERS of them.
 */
import type { FastifyRequest } from 'fastify'
import type { DraftMeter } from '../../hub/shared/shared-log.ts'
import type { Person } from '../../people/caller.ts'
import { ChatError } from '../../wire/errors.ts'
import { subnetOf } from './addresses.ts'
import type { BucketLink } from './shared/link.ts'
import { clientAddress } from './trust.ts'

/** A writer's bucket holds what comes in so many seconds: a page that was offline sends what it kept at once. */
export const BURST_S = 2

/**
 * Most buckets, of some 100 bytes each. Beyond it the one that was used longest ago is forgotten: who has
 * more addresses than this is not to be stopped by counting addresses.
 */
export const MAX_WRITERS = 10_000

/**
 * How far below empty a bucket may be, in bursts. A bucket that servers share gets there when a client empties it at several of them within
 * the time that it takes them to tell each other. It is what that many servers more can have admitted, and a bound on what a wrong notice can do.
 */
export const MAX_DEBT_BURSTS = 16

/** Times are sums of fractions: a bucket that holds one token must not be empty by the last bit of a number. */
const ROUNDING_MS = 0.001

/** Takes a token from each of these buckets, or from none. @throws ChatError `too-many-requests` when one is empty */
export type Admit = (...buckets: readonly string[]) => void

export const admitAll: Admit = () => {}

export interface Rate {
  /** Tokens that drip into each bucket. */
  readonly perSecond: number
  /** Tokens that a full bucket holds. */
  readonly burst: number
  /** What to say to who finds it empty. */
  readonly words: string
}

/** Messages. @param now milliseconds that never go backwards @param link to the same limit at other servers */
export const createRateLimit = (perSecond: number, now?: () => number, link?: BucketLink): Admit =>
  createBuckets(
    {
      perSecond,
      burst: Math.max(1, perSecond * BURST_S),
      words: `no more than ${perSecond} messages a second, please`,
    },
    now,
    link,
  )

/**
 * @param now milliseconds that never go backwards
 * @param link to the same buckets at other servers; without one, they are of this server alone
 */
export function createBuckets(
  { perSecond, burst, words }: Rate,
  now = () => performance.now(),
  link?: BucketLink,
): Admit {
  const dripMs = 1_000 / perSecond
  const burstMs = burst * dripMs
  const fullAt = new Map<string, number>() // in the order of their last use

  link?.onTaken((bucket, tokens) => {
    const time = now()
    const level = Math.max(time, fullAt.get(bucket) ?? 0) + tokens * dripMs
    fullAt.delete(bucket)
    if (level > time) fullAt.set(bucket, Math.min(level, time + (1 + MAX_DEBT_BURSTS) * burstMs))
    forgetTheFull(time)
  })

  return (...keys) => {
    const time = now()
    const buckets = link ? keys.map(link.nameOf) : keys
    const levels = buckets.map((bucket) => Math.max(time, fullAt.get(bucket) ?? 0) + dripMs)
    const waitMs = Math.max(...levels) - time - burstMs
    if (waitMs > ROUNDING_MS) {
      throw new ChatError('too-many-requests', words, { retryAfterS: Math.ceil(waitMs / 1_000) })
    }
    for (const [index, bucket] of buckets.entries()) {
      fullAt.delete(bucket)
      fullAt.set(bucket, levels[index]!)
      forgetTheFull(time)
      link?.took(bucket, 1)
    }
  }

  /** Two are looked at for each that comes in, so the map shrinks when it can. */
  function forgetTheFull(time: number): void {
    let looks = 2
    for (const [bucket, moment] of fullAt) {
      if (looks-- === 0 || (moment > time && fullAt.size <= MAX_WRITERS)) return
      fullAt.delete(bucket)
    }
  }
}

/**
 * For writes, before a body is read: to refuse a flood must cost less than to take it.
 *
 * @param personOf who has signed in, and null for all else: what is wrong with a request is said later
 * @returns throws ChatError `too-many-requests`
 */
export const createWriteLimit =
  (admit: Admit, personOf: (request: FastifyRequest) => Person | null) =>
  (request: FastifyRequest): void => {
    if (WRITES.has(request.method)) admit(...writersOf(clientAddress(request), personOf(request)))
  }

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * The keys a writer is counted by: the address, and the person too, who may have many addresses. Both must have a
 * token left; so a second account, or a second address, gets no writer more.
 */
export function writersOf(address: string, person: Person | null): string[] {
  const subnet = subnetOf(address)
  return person ? [subnet, bucketOf(person.id)] : [subnet]
}

const bucketOf = (personId: string) => `person ${personId}`

/**
 * Charges people for what they say at other servers, as it comes by the log: nothing else need be told of it. What such a draft has taken here is
 * not told to the others either, since they have it by the log as well.
 *
 * @param link of the messages' buckets
 */
export const createDraftMeter = ({ nameOf, took, hear }: BucketLink): DraftMeter => ({
  sent: (personId) => took(nameOf(bucketOf(personId)), -1),
  came: (personId) => hear(nameOf(bucketOf(personId)), 1),
})
