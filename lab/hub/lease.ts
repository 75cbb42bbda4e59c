/**
 * A lease: a reader's right to count as here, for as long as signs of life come.
 *
 *     here ──(overdue)──▶ silent ──(SILENT_MS more)──▶ gone
 *       ◀──(a sign of life)──┘
 *
 * It belongs to a tab, not to a connection: polls come and go, and a broken line is followed by the
 * next. At most one connection holds it, the one that came last.
 */
import type { ChatError } from '../wire/errors.ts'
import { OVERDUE_MS, SILENT_MS, TYPING_MS } from '../wire/presence.ts'

/** A person who is here, by a name that no other person can hold. A visitor without a name has none of this. */
export interface KnownPerson {
  readonly id: string
  readonly name: string
}

/** `left`: it was told that it goes. Kept a little, so that a poll that was on its way does not bring them back. */
export type LeaseState = 'here' | 'silent' | 'left'

export class Lease {
  readonly key: string
  /** By whom it is counted: a person, or the address of a visitor. */
  readonly owner: string
  person: KnownPerson | null
  state: LeaseState = 'here'
  /** When its tab came, at whichever server, in milliseconds since the Unix epoch; 0 where presence is not shared. */
  since = 0
  /** When it came to this server, among all arrivals at all servers; 0 where presence is not shared. */
  order = 0
  /** Told when the lease has run out, or another connection has taken it. */
  onOver: ((why: ChatError) => void) | null = null
  /** Takes back what was arranged for as long as the lease lives. */
  dispose = () => {}
  #quietMs: number
  #silentAt = 0
  #overAt = 0
  #typingUntil = 0

  constructor(key: string, owner: string, person: KnownPerson | null, quietMs: number, now: number) {
    this.key = key
    this.owner = owner
    this.person = person
    this.#quietMs = quietMs
    this.renew(now)
  }

  /** When it becomes silent unless it is renewed. */
  get silentAt(): number {
    return this.#silentAt
  }

  /** @param quietMs how long it may rightly be quiet from now on; as before unless given */
  renew(now: number, quietMs = this.#quietMs): void {
    this.#quietMs = quietMs
    this.state = 'here'
    this.#silentAt = now + quietMs + OVERDUE_MS
    this.#overAt = this.#silentAt + SILENT_MS
  }

  /** Its connection has ended. The reader may not have left: the next connection may be on its way. */
  expectSoon(now: number): void {
    this.#silentAt = Math.min(this.#silentAt, now + OVERDUE_MS)
    this.#overAt = Math.min(this.#overAt, now + OVERDUE_MS + SILENT_MS)
  }

  leave(now: number): void {
    this.state = 'left'
    this.#overAt = now + OVERDUE_MS
    this.#typingUntil = 0
  }

  type(now: number, isTyping: boolean): void {
    this.#typingUntil = isTyping ? now + TYPING_MS : 0
  }

  isTyping(now: number): boolean {
    return now < this.#typingUntil
  }

  isOverdue(now: number): boolean {
    return this.state === 'here' && now >= this.#silentAt
  }

  isOver(now: number): boolean {
    return now >= this.#overAt
  }
}
