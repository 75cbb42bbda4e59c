/**
 * Attendance: how presence (lab/hub/presence.ts) is opened to requests. The door has checked by then
 * that the caller may read the room; so who may not read a room does not learn who is in it either.
 *
 * A reader opts in by `?tab=ID`. Without it, none of this is touched.
 */
import type { FastifyRequest } from 'fastify'
import type { Lease } from '../hub/lease.ts'
import { type Presence, versionIn } from '../hub/presence.ts'
import type { Presences } from '../hub/presences.ts'
import type { Access, RoomsOfPerson } from '../people/access.ts'
import type { Caller, Person } from '../people/caller.ts'
import { ChatError } from '../wire/errors.ts'
import type { Cursor, Page } from '../wire/message.ts'
import type { Sign } from '../wire/presence.ts'
import { neighbourhoodOf } from './addresses.ts'
import type { Reader } from './reader.ts'
import { clientAddress } from './trust.ts'

export interface Entrance {
  readonly request: FastifyRequest
  readonly caller: Caller
  readonly room: string
  readonly tab: string
  readonly quietMs: number
  readonly access: Access
}

export interface Attendance {
  /**
   * The reader, who counts as here from its first `read` or `follow` on, and is told who else is. Not sooner:
   * a request may be refused until then, and who was refused is not here.
   */
  enter(reader: Reader, entrance: Entrance): Reader
  /** For a tab that reads, and otherwise without effect: only readers are here. */
  sign(room: string, caller: Caller, tab: string, sign: Sign): void
  /** What this person was typing has been said. */
  hasSpoken(room: string, person: Person): void
}

/** Where nobody is counted. */
export const NO_ATTENDANCE: Attendance = { enter: (reader) => reader, sign() {}, hasSpoken() {} }

export function createAttendance(presences: Presences): Attendance {
  return {
    enter(reader, { request, caller, room, tab, quietMs, access }) {
      return attending(reader, () => {
        const { person } = caller
        const presence = presences.of(room)
        const lease = presence.arrive({
          ...{ tab, person, quietMs },
          // An address has a dot or a colon, so it is nobody's id.
          owner: person?.id ?? neighbourhoodOf(clientAddress(request)),
          watch: (onEnd) => (caller.session ? access.watch(caller, room, onEnd) : () => {}),
        })
        const rooms = (person && access.roomsOf?.(person)) ?? null
        return lease && { presence, lease, rooms }
      })
    },
    sign(room, { person }, tab, sign) {
      const presence = presences.find(room)
      // Who has signed in since may still read as the visitor that they were.
      const lease = presence?.find(person, tab) ?? presence?.find(null, tab)
      if (presence && lease) presence.sign(lease, sign)
    },
    hasSpoken: (room, person) => presences.find(room)?.hasSpoken(person),
  }
}

interface Seat {
  readonly presence: Presence
  readonly lease: Lease
  readonly rooms: RoomsOfPerson | null
}

/**
 * The reader, with who is here on its pages, and with word of its own rooms if it has any.
 *
 * @param arrive called once, when the reader is let in; null when there is no place for it, or its tab has
 *   said goodbye: then it reads as one without a tab
 */
function attending(reader: Reader, arrive: () => Seat | null): Reader {
  let seat: Seat | null | undefined
  /** Call it when nothing can refuse the reader any more. */
  function sitDown(): Seat | null {
    if (seat === undefined) seat = arrive()
    return seat
  }
  /** Hands the lease on; null while this connection does not hold it, and so has no say about it. */
  let giveBack: (() => void) | null = null

  return {
    check: (cursor) => reader.check(cursor),
    read(cursor) {
      const page = reader.read(cursor)
      const seated = sitDown()
      return seated ? show(seated, page, cursor) : page
    },
    readBack: (cursor) => reader.readBack(cursor),
    file: (id) => reader.file(id),
    follow(cursor, ring, onEnd = () => {}) {
      let place = cursor
      const follower = reader.follow(cursor, ring, onEnd)
      const seated = sitDown()
      if (!seated) return follower
      const { presence, lease, rooms } = seated
      const stopTelling = presence.onChange(ring)
      const stopTellingRooms = rooms?.onChange(ring)
      giveBack = presence.hold(lease, (why) => {
        giveBack = null
        onEnd(why)
      })
      return {
        next() {
          // The newest state goes with the next page of the log that has a place for it; or else by itself,
          // on a page without messages. What the reader knows by then, the page's own cursor says.
          const page = follower.next() ?? (isTold(seated, place) ? null : reader.read(place))
          if (!page) return null
          const shown = show(seated, page, place)
          place = shown.cursor
          return shown
        },
        stop() {
          follower.stop()
          stopTelling()
          stopTellingRooms?.()
          giveBack?.()
          giveBack = null
        },
      }
    },
    sign(sign) {
      if (!giveBack || !seat) return
      const { presence, lease } = seat
      if (!sign.leaving) return presence.sign(lease, sign)
      // On this line nothing can be on its way behind the goodbye, so nothing need be remembered of it.
      giveBack()
      giveBack = null
      presence.end(lease, new ChatError('closed', 'the reader has said goodbye'))
    },
  }
}

function show({ presence, rooms }: Seat, page: Page, cursor: Cursor | null): Page {
  const shown = presence.page(page, versionIn(cursor))
  // A page that is full has no place for who is here, and none for this either.
  const isFull = versionIn(shown.cursor) === null
  return rooms && !isFull ? withRooms(shown, roomsVersionIn(cursor), rooms.version()) : shown
}

const isTold = ({ presence, rooms }: Seat, cursor: Cursor | null): boolean =>
  versionIn(cursor) === presence.version && (!rooms || roomsVersionIn(cursor) === rooms.version())

/** Pages that say how rooms stand, by the page without: by version, and by whether the reader knows it. */
const pagesWithRooms = new WeakMap<Page, Map<string, Page>>()

/**
 * Who has had as many changes as another gets the identical page, and most people have had none since the server
 * was started: so it is encoded once for all of those (docs/decisions/009-made-beforehand.md).
 */
function withRooms(page: Page, told: number | null, version: number): Page {
  const isTold = told === version
  const key = `${version} ${isTold}`
  const pages = pagesWithRooms.get(page) ?? new Map<string, Page>()
  pagesWithRooms.set(page, pages)
  const known = pages.get(key)
  if (known) return known
  const made = { ...page, cursor: `${page.cursor}-${version}` as Cursor, ...(!isTold && { rooms: version }) }
  pages.set(key, made)
  return made
}

function roomsVersionIn(cursor: Cursor | null): number | null {
  const hyphen = cursor?.lastIndexOf('-') ?? -1
  return cursor === null || hyphen < 0 ? null : Number(cursor.slice(hyphen + 1))
}
