/**
 * How servers of one log share their limits: what a client takes at one of them is missing at the others, a moment later.
 *
 * Each server admits by its own buckets and counts, at once and without asking, as one that is alone does; so its own limit holds whatever becomes
 * of this. Beside that it tells the others what was taken, all of {@link TELL_MS} in one notice, and what they tell is taken from its buckets
 * too, below zero if need be: what was had too much meanwhile is paid by waiting. A draft of a person is not told: it comes by the log,
 * in which it is charged by each server that applies it.
 */
import type { Clock } from '../../../wire/clock.ts'
import { BEAT_MS, type CountLink, createOtherCounts, createOwnCounts } from './counts.ts'
import { createNames } from './names.ts'
import {
  BUCKETS,
  type BucketKind,
  type CountKind,
  MAX_NAMES,
  type Notice,
  type Numbers,
  noticeIn,
  written,
} from './notice.ts'

/** How long what was taken waits until it is told, in milliseconds: so there are at most five notices a second, whatever comes. */
export const TELL_MS = 200
/** Most names of one kind that wait to be told; beyond it the one that waits longest is not told. */
const MAX_WAITING = 10_000

/** What carries it: lab/store/engine/bus.ts. */
export interface LimitBus {
  publish(body: Uint8Array): void
  subscribe(onMessage: (body: Uint8Array) => void): () => void
}

/** The way to the same buckets at the other servers. */
export interface BucketLink {
  /** What a bucket is called between servers. */
  nameOf(key: string): string
  /** So many tokens were taken from it here; below zero for what the others have by the log. */
  took(name: string, tokens: number): void
  /** So many were taken elsewhere. */
  hear(name: string, tokens: number): void
  /** By which these are charged here. */
  onTaken(charge: (name: string, tokens: number) => void): void
}

export interface LimitLink {
  buckets(kind: BucketKind): BucketLink
  /** @param atLeast how many must be open here for it to be told */
  counts(kind: CountKind, atLeast: number): CountLink
  /** The others are told that nothing is open here any more. */
  close(): void
}

export interface LimitLinkOptions {
  readonly bus: LimitBus
  /** The log that they share. */
  readonly log: string
  readonly clock: Clock
}

export function createLimitLink({ bus, log, clock }: LimitLinkOptions): LimitLink {
  const self = crypto.randomUUID()
  const nameOf = createNames(log)
  const waiting = new Map(BUCKETS.map((kind) => [kind, new Map<string, number>()]))
  const links = new Map<BucketKind, BucketLink>()
  let isChanged = false
  const own = createOwnCounts(() => {
    isChanged = true
    tellSoon()
  })
  const others = createOtherCounts(clock.now)
  let callOff: (() => void) | null = null
  let callOffBeat: (() => void) | null = null
  let isClosed = false

  const unsubscribe = bus.subscribe((body) => {
    const notice = noticeIn(body)
    if (!notice || notice.from === self) return
    others.hear(notice)
    for (const kind of BUCKETS)
      for (const [name, tokens] of notice.took[kind] ?? []) links.get(kind)?.hear(name, tokens)
  })

  function tellSoon(): void {
    if (!isClosed) callOff ??= clock.after(TELL_MS, tell)
  }

  function tell(): void {
    callOff = null
    const took: Partial<Record<BucketKind, Numbers>> = {}
    for (const [kind, taken] of waiting) if (taken.size > 0) took[kind] = firstOf(taken)
    const isTold = isChanged || Object.keys(took).length > 0
    if (isTold) say({ from: self, took, ...(isChanged && { open: own.all() }) })
    isChanged = false
    if ([...waiting.values()].some(({ size }) => size > 0)) tellSoon()
    callOffBeat ??= own.isEmpty || isClosed ? null : clock.after(BEAT_MS, beat)
  }

  function beat(): void {
    callOffBeat = null
    isChanged = true
    tell()
  }

  const say = (notice: Notice) => bus.publish(written(notice))

  return {
    buckets(kind) {
      const known = links.get(kind)
      if (known) return known
      /** Null where this server has no such limit: then there is nothing to tell of it either. */
      let charge: ((name: string, tokens: number) => void) | null = null
      const link: BucketLink = {
        nameOf,
        took(name, tokens) {
          if (!charge) return
          add(waiting.get(kind)!, name, tokens)
          tellSoon()
        },
        hear: (name, tokens) => charge?.(name, tokens),
        onTaken(act) {
          charge = act
        },
      }
      links.set(kind, link)
      return link
    },
    counts: (kind, atLeast) => ({
      nameOf,
      ...own.of(kind, atLeast),
      elsewhere: (name) => others.of(kind, name),
    }),
    close() {
      if (isClosed) return
      isClosed = true
      callOff?.()
      callOffBeat?.()
      unsubscribe()
      if (!own.isEmpty) say({ from: self, took: {}, open: {} })
    },
  }
}

/** What comes to nothing need not be told: a draft that was taken and appended within the time. */
function add(taken: Map<string, number>, name: string, tokens: number): void {
  const sum = (taken.get(name) ?? 0) + tokens
  if (sum === 0) taken.delete(name)
  else taken.set(name, sum)
  if (taken.size > MAX_WAITING) taken.delete(taken.keys().next().value!)
}

/** Takes out those that have waited longest, as many as a notice holds. */
function firstOf(taken: Map<string, number>): Numbers {
  const first = [...taken].slice(0, MAX_NAMES)
  for (const [name] of first) taken.delete(name)
  return first
}
