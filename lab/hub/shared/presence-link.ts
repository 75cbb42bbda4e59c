/**
 * Presence over several servers: each tells the others of the readers that it counts, and counts theirs as its own.
 *
 * What is told are differences, numbered. A server that has missed one asks for the whole. Each says now and then that it is there;
 * one of which the others have heard nothing for {@link SERVER_SILENT_MS} has taken its readers with it. A tab that comes
 * to another server belongs to that: the one that had it lets it go, so a reader that asks another server each time counts once.
 */
import type { Clock } from '../../wire/clock.ts'
import type { PresenceUpdate } from '../../wire/presence.ts'
import type { KnownPerson } from '../lease.ts'

/** What carries it: lab/store/engine/bus.ts. */
export interface PresenceBus {
  publish(body: Uint8Array): void
  subscribe(onMessage: (body: Uint8Array) => void): () => void
}

/** A reader's tab, as other servers know it. */
export interface Seat {
  readonly key: string
  /** Null for a visitor. */
  readonly person: KnownPerson | null
  readonly state: 'here' | 'silent'
  readonly isTyping: boolean
  /** By the clock of its server, in milliseconds since the Unix epoch: people are listed in the order in which they came. */
  readonly since: number
}

/** What a link does to the rooms of its own server. */
export interface LinkedRooms {
  /** These readers are at that server, and no others of this room. */
  setElsewhere(room: string, server: string, seats: readonly Seat[]): void
  /** The tab has come to another server. @param isEarlier whether it came here before that */
  letGo(room: string, key: string, isEarlier: (order: number) => boolean): void
  /** The tab has said, at another server, that it goes. */
  leave(room: string, key: string): void
  /** A sign of life, of whichever of these tabs is here. */
  update(room: string, keys: readonly string[], update: PresenceUpdate): void
  stopTyping(room: string, personId: string): void
}

export interface PresenceLink {
  /** All readers of a room that are at this server. */
  tell(room: string, seats: readonly Seat[]): void
  /** A tab has come: the others let it go, and count it here at once. @returns when, for {@link LinkedRooms.letGo} */
  arrived(room: string, seat: Seat): number
  left(room: string, key: string): void
  /** For a tab that is not here. */
  forward(room: string, keys: readonly string[], update: PresenceUpdate): void
  stopTyping(room: string, personId: string): void
  /** The others are told that its readers go with it. */
  close(): void
}

/** How often a server says that it is there, in milliseconds. */
export const BEAT_MS = 2_000
/** After so long without a word from a server, its readers are taken off: three beats, of which two may be lost. */
export const SERVER_SILENT_MS = 3 * BEAT_MS

/** Most readers in one message, of some 100 bytes each: NATS takes 1 MiB. */
const SEATS_AT_ONCE = 1_000

type Said =
  | { readonly kind: 'beat'; readonly number: number }
  | {
      readonly kind: 'seats'
      readonly number: number
      readonly room: string
      readonly put: readonly Seat[]
      readonly gone: readonly string[]
      /** The tab that has come, perhaps from another server, and when. */
      readonly came?: { readonly key: string; readonly order: number }
    }
  /** All that a server has, in as many messages as it takes: the first of them replaces what was known. */
  | { readonly kind: 'whole' | 'more'; readonly number: number; readonly rooms: readonly RoomSeats[] }
  | { readonly kind: 'ask'; readonly whom: string | null }
  | { readonly kind: 'left'; readonly room: string; readonly key: string }
  | {
      readonly kind: 'update'
      readonly room: string
      readonly keys: readonly string[]
      readonly update: PresenceUpdate
    }
  | { readonly kind: 'said'; readonly room: string; readonly person: string }
  | { readonly kind: 'bye' }
type Message = Said & { readonly from: string }
type RoomSeats = readonly [room: string, seats: readonly Seat[]]
type Rooms = Map<string, Map<string, Seat>>

interface Other {
  readonly rooms: Rooms
  /** Of the newest difference that is in it. */
  number: number
  heardAt: number
}

/** @param self names this run of this server: another one is another server */
export function createPresenceLink(
  bus: PresenceBus,
  self: string,
  clock: Clock,
  here: LinkedRooms,
): PresenceLink {
  const told: Rooms = new Map()
  const others = new Map<string, Other>()
  let number = 0
  /** Grows with each arrival that this server knows of (Lamport 1978): clocks may be apart, and this is never behind. */
  let order = 0
  const say = (message: Said) => bus.publish(utf8.encode(JSON.stringify({ from: self, ...message })))
  function whole(): void {
    const seats = [...told].flatMap(([room, own]) => [...own.values()].map((seat) => [room, seat] as const))
    let kind: 'whole' | 'more' = 'whole'
    do {
      const rooms = new Map<string, Seat[]>()
      for (const [room, seat] of seats.splice(0, SEATS_AT_ONCE))
        rooms.set(room, [...(rooms.get(room) ?? []), seat])
      say({ kind, number, rooms: [...rooms] })
      kind = 'more'
    } while (seats.length > 0)
  }

  const unsubscribe = bus.subscribe((body) => {
    const message = messageIn(body)
    if (message && message.from !== self) hear(message)
  })
  say({ kind: 'ask', whom: null })
  let cancel = clock.after(BEAT_MS, beat)

  function beat(): void {
    cancel = clock.after(BEAT_MS, beat)
    say({ kind: 'beat', number })
    for (const [server, { heardAt }] of others) if (clock.now() - heardAt >= SERVER_SILENT_MS) drop(server)
  }

  function drop(server: string): void {
    const rooms = [...(others.get(server)?.rooms.keys() ?? [])]
    others.delete(server)
    for (const room of rooms) here.setElsewhere(room, server, [])
  }

  function hear(message: Message): void {
    const { from } = message
    const known = others.get(from)
    if (known) known.heardAt = clock.now()
    switch (message.kind) {
      case 'ask':
        // One that asks everybody has just begun, and has no readers yet.
        if (message.whom === null) others.set(from, { rooms: new Map(), number: 0, heardAt: clock.now() })
        if (message.whom === null || message.whom === self) whole()
        return
      case 'whole':
        take(from, message.number, message.rooms)
        return
      case 'more':
        if (known?.number === message.number)
          for (const [room, seats] of message.rooms) put(from, known, room, seats, [])
        return
      case 'beat':
        if (known?.number !== message.number) say({ kind: 'ask', whom: from })
        return
      case 'seats':
        // One that was missed is found out by the next beat: a crowd of differences is one question.
        if (known?.number === message.number - 1) {
          known.number = message.number
          put(from, known, message.room, message.put, message.gone)
        }
        if (message.came) hearOfArrival(from, message.room, message.came.key, message.came.order)
        return
      case 'left':
        here.leave(message.room, message.key)
        return
      case 'update':
        here.update(message.room, message.keys, message.update)
        return
      case 'said':
        here.stopTyping(message.room, message.person)
        return
      case 'bye':
        drop(from)
    }
  }

  function hearOfArrival(from: string, room: string, key: string, at: number): void {
    order = Math.max(order, at)
    // It may have come here at the same time: then both servers must think the same of which was later.
    here.letGo(room, key, (own) => own < at || (own === at && self < from))
  }

  function take(from: string, newest: number, rooms: readonly RoomSeats[]): void {
    const before = others.get(from)
    const now: Rooms = new Map(
      rooms.map(([room, seats]) => [room, new Map(seats.map((seat) => [seat.key, seat]))]),
    )
    others.set(from, { rooms: now, number: newest, heardAt: clock.now() })
    for (const room of new Set([...(before?.rooms.keys() ?? []), ...now.keys()]))
      here.setElsewhere(room, from, [...(now.get(room)?.values() ?? [])])
  }

  function put(
    from: string,
    { rooms }: Other,
    room: string,
    seats: readonly Seat[],
    gone: readonly string[],
  ): void {
    const known = rooms.get(room) ?? new Map<string, Seat>()
    for (const key of gone) known.delete(key)
    for (const seat of seats) known.set(seat.key, seat)
    if (known.size > 0) rooms.set(room, known)
    else rooms.delete(room)
    here.setElsewhere(room, from, [...known.values()])
  }

  return {
    tell(room, seats) {
      const before = told.get(room) ?? new Map<string, Seat>()
      const now = new Map(seats.map((seat) => [seat.key, seat]))
      const put = seats.filter((seat) => !isSame(before.get(seat.key), seat))
      const gone = [...before.keys()].filter((key) => !now.has(key))
      if (put.length + gone.length === 0) return
      if (now.size > 0) told.set(room, now)
      else told.delete(room)
      number++
      say({ kind: 'seats', number, room, put, gone })
    },
    arrived(room, seat) {
      told.set(room, (told.get(room) ?? new Map<string, Seat>()).set(seat.key, seat))
      number++
      order++
      say({ kind: 'seats', number, room, put: [seat], gone: [], came: { key: seat.key, order } })
      return order
    },
    left: (room, key) => say({ kind: 'left', room, key }),
    forward: (room, keys, update) => say({ kind: 'update', room, keys, update }),
    stopTyping: (room, person) => say({ kind: 'said', room, person }),
    close() {
      cancel()
      unsubscribe()
      say({ kind: 'bye' })
    },
  }
}

const utf8 = new TextEncoder()
const text = new TextDecoder()

/** Null for what no server of this version has said. */
function messageIn(body: Uint8Array): Message | null {
  try {
    const message = JSON.parse(text.decode(body)) as Message | null
    return typeof message?.from === 'string' ? message : null
  } catch {
    return null
  }
}

const isSame = (one: Seat | undefined, other: Seat) => JSON.stringify(one) === JSON.stringify(other)
