/**
 * Who is here in one room: leases that run out, and what they come to, as one state with a version.
 *
 * Presence is a state and not a log. What a reader missed of it is of no use to anybody, so a reader is
 * given the newest whole, whenever its version is not the one that it was last given: who is slow skips
 * what was in between. All readers of one version get the identical page, as with the log.
 */
import type { Clock } from '../wire/clock.ts'
import { ChatError } from '../wire/errors.ts'
import { PAGE_BYTES } from '../wire/limits.ts'
import type { Cursor, Page } from '../wire/message.ts'
import { COALESCE_MS, type Here, type PresenceUpdate } from '../wire/presence.ts'
import { hereOf } from './here.ts'
import { type KnownPerson, Lease } from './lease.ts'
import { isFull } from './page-size.ts'
import { cursorFor, positionOf } from './position.ts'
import { createElsewhere, seatOf } from './shared/elsewhere.ts'
import type { Seat } from './shared/presence-link.ts'

/** Most leases in one room: each is looked at once a second, and walked past at each change. */
export const MAX_LEASES = 5_000

/** A reader that comes with a tab. */
export interface Arrival {
  readonly clientId: string
  /** Null for a visitor. */
  readonly person: KnownPerson | null
  /** By which its leases are counted. */
  readonly owner: string
  /** How long it may rightly be quiet from now on, in milliseconds. */
  readonly quietMs: number
  /** Called once for a new lease: tells when its reader may not be here any more. Returns how to stop. */
  readonly watch: (onEnd: (why: ChatError) => void) => () => void
}

/** How many leases an owner may have, over all rooms. */
export interface Quota {
  /** False when there is none left. */
  take(owner: string): boolean
  giveBack(owner: string): void
}

/** How a room's presence tells other servers, where there are any. */
export interface RoomLink {
  tell(seats: readonly Seat[]): void
  /** @returns when that was, among all arrivals */
  arrived(seat: Seat): number
  left(key: string): void
  stopTyping(personId: string): void
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/** A version as a cursor carries it; null for a reader that was told nothing. */
export type Version = number | null

export class Presence {
  readonly #clock: Clock
  readonly #quota: Quota
  readonly #leases = new Map<string, Lease>()
  readonly #typing = new Set<Lease>()
  readonly #subscribers = new Set<() => void>()
  readonly #link: RoomLink | null
  readonly #elsewhere = createElsewhere()
  #here: Here = { people: [], unlisted: 0, visitors: 0, typing: [] }
  readonly #firstVersion: number
  #version: number
  #publishedAt = Number.NEGATIVE_INFINITY
  /** How to call off what is due: telling of a change, ringing. */
  #cancelChange: (() => void) | null = null
  #cancelNotify = () => {}
  /** This version's pages, by the log's page: for those who know the version, and for those who do not. */
  #toldPages = new WeakMap<Page, Page>()
  #newPages = new WeakMap<Page, Page>()

  /**
   * @param firstVersion a random one: of the versions of an earlier process, none should be one of ours. With other servers,
   *   a version is made of who is here, so that a reader who asks another one is not told again what it knows
   */
  constructor(clock: Clock, quota: Quota, firstVersion: number, link: RoomLink | null = null) {
    this.#clock = clock
    this.#quota = quota
    this.#link = link
    this.#firstVersion = firstVersion
    this.#version = link ? versionOf(this.#here) : firstVersion
  }

  get version(): number {
    return this.#version
  }

  /**
   * Whether a version says something here: not one of another server that counts its readers for itself, or of an earlier
   * process. Servers that count together give the same versions.
   */
  gave(version: number): boolean {
    return this.#link !== null || (version >= this.#firstVersion && version <= this.#version)
  }

  /** As it was last told. */
  get here(): Here {
    return this.#here
  }

  get leases(): Iterable<Lease> {
    return this.#leases.values()
  }

  get isUnused(): boolean {
    return this.#leases.size === 0 && this.#subscribers.size === 0 && this.#elsewhere.isEmpty
  }

  /** The reader's lease, new or renewed; null when there is no place, or the client has left. */
  arrive({ clientId, person, owner, quietMs, watch }: Arrival): Lease | null {
    const now = this.#clock.now()
    const key = keyOf(person, clientId)
    const known = this.#leases.get(key)
    if (known) {
      if (known.state === 'left') return null
      known.person = person
      this.renew(known, quietMs)
      return known
    }
    if (this.#leases.size >= MAX_LEASES || !this.#quota.take(owner)) return null
    // Who has signed in since is not a visitor as well.
    const asVisitor = person && this.find(null, clientId)
    if (asVisitor) this.end(asVisitor, new ChatError('silent', 'you are here under your name now'))
    const lease = new Lease(key, owner, person, quietMs, now)
    if (this.#link) lease.since = this.#elsewhere.find(key)?.since ?? this.#link.now()
    this.#leases.set(key, lease)
    lease.dispose = watch((why) => this.end(lease, why))
    this.#change()
    if (this.#link) lease.order = this.#link.arrived(seatOf(lease, this.#typing)!)
    return lease
  }

  find(person: KnownPerson | null, clientId: string): Lease | undefined {
    return this.#leases.get(keyOf(person, clientId))
  }

  /** A sign of life. */
  renew(lease: Lease, quietMs?: number): void {
    if (!this.#isHeld(lease)) return
    const wasSilent = lease.state === 'silent'
    lease.renew(this.#clock.now(), quietMs)
    if (wasSilent) this.#change()
  }

  /** What the reader says of itself, which is a sign of life too. */
  update(lease: Lease, { typing, leaving }: PresenceUpdate): void {
    if (!this.#isHeld(lease)) return
    if (leaving) {
      this.#leave(lease)
      this.#link?.left(lease.key)
    } else this.renew(lease)
    if (typing !== undefined && !leaving) this.#type(lease, typing)
  }

  /** What this person was typing has been said. */
  stopTyping(person: KnownPerson): void {
    this.typingIsOver(person.id)
    if (this.#elsewhere.isTyping(person.id)) this.#link?.stopTyping(person.id)
  }

  /** The same, of tabs that are here. */
  typingIsOver(personId: string): void {
    for (const lease of this.#typing) if (lease.person?.id === personId) this.#type(lease, false)
  }

  /** Those of the readers that are at that server. */
  setElsewhere(server: string, seats: readonly Seat[]): void {
    this.#elsewhere.set(server, seats)
    this.#change()
  }

  isElsewhere(key: string): boolean {
    return this.#elsewhere.find(key) !== undefined
  }

  byKey(key: string): Lease | undefined {
    return this.#leases.get(key)
  }

  /** The tab has come to another server. @param isEarlier whether it came here before that */
  letGo(key: string, isEarlier: (order: number) => boolean): void {
    const lease = this.#leases.get(key)
    if (lease && isEarlier(lease.order))
      this.end(lease, new ChatError('silent', 'the same tab has come again'))
  }

  /** The tab has said, at another server, that it goes. */
  leave(key: string): void {
    const lease = this.#leases.get(key)
    if (lease && this.#isHeld(lease)) this.#leave(lease)
  }

  /**
   * A connection takes the lease, from whichever had it: a tab is one reader, and if it comes again, the
   * line that it had before is dead.
   *
   * @returns gives it back: the reader has a moment to come by another connection
   */
  hold(lease: Lease, onOver: (why: ChatError) => void): () => void {
    const before = lease.onOver
    lease.onOver = onOver
    before?.(new ChatError('silent', 'the same tab has come again'))
    return () => {
      if (lease.onOver !== onOver) return
      lease.onOver = null
      if (this.#isHeld(lease)) lease.expectSoon(this.#clock.now())
    }
  }

  /** At once, and without a trace. */
  end(lease: Lease, why: ChatError): void {
    if (this.#leases.get(lease.key) !== lease) return
    this.#leases.delete(lease.key)
    this.#quota.giveBack(lease.owner)
    this.#typing.delete(lease)
    if (lease.state !== 'left') this.#change()
    this.#release(lease, why)
  }

  /** Lets time do its work; to be called every LOOK_MS. */
  look(): void {
    const now = this.#clock.now()
    for (const lease of this.#leases.values()) {
      if (lease.isOver(now)) this.end(lease, new ChatError('silent', 'no sign of life for too long'))
      else if (lease.isOverdue(now)) {
        lease.state = 'silent'
        this.#change()
      }
    }
    for (const lease of this.#typing) if (!lease.isTyping(now)) this.#type(lease, false)
  }

  /** Calls `notify` when there is a new version. @returns unsubscribes */
  subscribe(notify: () => void): () => void {
    this.#subscribers.add(notify)
    return () => void this.#subscribers.delete(notify)
  }

  /**
   * The log's page as a reader with a tab is given it: with who is here, unless it knows that, and with
   * a cursor that says that it does. A page that a single long message fills is given as it is, and who is
   * here comes on the next one: its cursor knows of no version.
   */
  page(page: Page, told: Version): Page {
    const isTold = told === this.#version
    const [first, ...others] = page.messages
    if (!isTold && first && others.length === 0 && isFull(first, PAGE_BYTES)) return page
    const pages = isTold ? this.#toldPages : this.#newPages
    const known = pages.get(page)
    if (known) return known
    const cursor = cursorFor({ cursor: page.cursor, presence: this.#version, rooms: null })
    const made = isTold ? { ...page, cursor } : { ...page, cursor, here: this.#here }
    pages.set(page, made)
    return made
  }

  /** Nothing of what is due will happen. */
  close(): void {
    this.#cancelChange?.()
    this.#cancelNotify()
    for (const lease of this.#leases.values()) lease.dispose()
  }

  #isHeld(lease: Lease): boolean {
    return lease.state !== 'left' && this.#leases.get(lease.key) === lease
  }

  #leave(lease: Lease): void {
    lease.leave(this.#clock.now())
    this.#typing.delete(lease)
    this.#change()
    this.#release(lease, new ChatError('closed', 'this tab has left'))
  }

  #release(lease: Lease, why: ChatError): void {
    const { dispose, onOver } = lease
    lease.dispose = () => {}
    lease.onOver = null
    dispose()
    onOver?.(why)
  }

  #type(lease: Lease, isTyping: boolean): void {
    const wasTyping = this.#typing.has(lease)
    lease.type(this.#clock.now(), isTyping)
    if (isTyping) this.#typing.add(lease)
    else this.#typing.delete(lease)
    if (isTyping !== wasTyping) this.#change()
  }

  /**
   * Something may look different now. The first change after a quiet time is told at once, and those
   * that follow wait for each other.
   */
  #change(): void {
    if (this.#cancelChange) return
    const waitMs = this.#publishedAt + COALESCE_MS - this.#clock.now()
    if (waitMs <= 0) this.#publish()
    else this.#cancelChange = this.#clock.after(waitMs, () => this.#publish())
  }

  #publish(): void {
    this.#cancelChange = null
    const here = this.#count()
    if (JSON.stringify(here) === JSON.stringify(this.#here)) return
    this.#publishedAt = this.#clock.now()
    this.#here = here
    this.#version = this.#link ? versionOf(here) : this.#version + 1
    this.#toldPages = new WeakMap()
    this.#newPages = new WeakMap()
    // Not from within: the code that caused the change is still in the middle of its work.
    this.#cancelNotify()
    this.#cancelNotify = this.#clock.after(0, () => this.#notify())
  }

  #count(): Here {
    if (!this.#link) return hereOf(this.#leases.values(), this.#typing)
    this.#link.tell([...this.#leases.values()].flatMap((lease) => seatOf(lease, this.#typing) ?? []))
    const seats = this.#elsewhere.with(this.#leases.values(), this.#typing)
    return hereOf(
      seats,
      seats.filter(({ isTyping }) => isTyping),
    )
  }

  #notify(): void {
    // As in Room: a reader that subscribes again when it is notified is not notified twice in one round.
    let left = this.#subscribers.size
    for (const subscriber of this.#subscribers) {
      if (left-- === 0) break
      subscriber()
    }
  }
}

/** A tab belongs to its own person, so that no other user can renew or end its lease by knowing the tab's id. */
export const keyOf = (person: KnownPerson | null, clientId: string) => `${person?.id ?? ''} ${clientId}`

/** The client id in a key of {@link keyOf}. */
export const clientIdIn = (key: string): string => key.slice(key.indexOf(' ') + 1)

/** 32 bits of what is told: FNV-1a (draft-eastlake-fnv-17 §2), since a fast hash is enough to tell two states apart. */
function versionOf(here: Here): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(JSON.stringify(here))) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** Of which version a cursor on the wire knows. */
export const versionIn = (cursor: Cursor | null): Version => positionOf(cursor).presence
