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
import type { Access } from '../people/access.ts'
import type { Caller, Person } from '../people/caller.ts'
import { ChatError } from '../wire/errors.ts'
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
        return lease && { presence, lease }
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
}

/**
 * The reader, with who is here on its pages.
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
      return sitDown()?.presence.page(page, versionIn(cursor)) ?? page
    },
    readBack: (cursor) => reader.readBack(cursor),
    file: (id) => reader.file(id),
    follow(cursor, ring, onEnd = () => {}) {
      let place = cursor
      let told = versionIn(cursor)
      const follower = reader.follow(cursor, ring, onEnd)
      const seated = sitDown()
      if (!seated) return follower
      const { presence, lease } = seated
      const stopTelling = presence.onChange(ring)
      giveBack = presence.hold(lease, (why) => {
        giveBack = null
        onEnd(why)
      })
      return {
        next() {
          // The newest state goes with the next page of the log; by itself, on a page without messages.
          const page = follower.next() ?? (told === presence.version ? null : reader.read(place))
          if (!page) return null
          const shown = presence.page(page, told)
          place = page.cursor
          told = presence.version
          return shown
        },
        stop() {
          follower.stop()
          stopTelling()
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
