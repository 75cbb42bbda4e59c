/** Rooms over HTTP: which there are, and who belongs to those that are private. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Hub } from '../../hub/hub.ts'
import type { Caller, Person } from '../../people/caller.ts'
import type { Departure, Memberships } from '../../people/membership/memberships.ts'
import { isRole, ROLES } from '../../people/membership/roles.ts'
import { parseJson, parseNewName, record } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import { A_NAME, isName, quoted } from '../../wire/names.ts'
import { roomNameOf } from '../transport-kit/requests.ts'

export interface GroupsOptions {
  readonly hub: Hub
  readonly memberships: Memberships<boolean>
  readonly callerOf: (request: FastifyRequest) => Caller
  /** Whether people are kept in the log that has the rooms. */
  readonly isShared: boolean
}

/** Mounts `/rooms`, and what is about the members of `/rooms/ROOM`. */
export function serveGroups(
  app: FastifyInstance,
  { hub, memberships, callerOf, isShared }: GroupsOptions,
): void {
  app.get('/rooms', (request, reply) => {
    const open = hub.publicRooms.map((name) => ({ name, kind: 'public' }))
    return answer(reply, 200, { rooms: [...memberships.list(callerOf(request)), ...open] })
  })

  app.post('/rooms', async (request, reply) => {
    const caller = callerOf(request)
    const { kind, title, with: other, ...unknown } = bodyOf(request)
    refuseMore(unknown)
    if (kind === 'group') {
      const name = parseNewName(title, 'bad-request', 'title')
      return answer(reply, 201, await memberships.makeGroup(caller, name.trim()))
    }
    if (kind !== 'pair') throw new ChatError('bad-request', 'kind must be "group" or "pair"')
    if (!isName(other)) throw new ChatError('bad-request', `with must be ${A_NAME}`)
    const { room, isNew } = await memberships.openPair(caller, other)
    return answer(reply, isNew ? 201 : 200, room)
  })

  app.get('/rooms/:room/members', (request, reply) =>
    answer(reply, 200, { members: memberships.membersOf(callerOf(request), roomNameOf(request)) }),
  )

  app.post('/rooms/:room/join', async (request, reply) => {
    const caller = callerOf(request)
    const room = roomNameOf(request)
    if ((await memberships.join(caller, room)) && caller.person) await announce(room, 'joined', caller.person)
    return answer(reply, 200, { members: memberships.membersOf(caller, room) })
  })

  app.put('/rooms/:room/members/:name', async (request, reply) => {
    const caller = callerOf(request)
    const { role, ...unknown } = bodyOf(request)
    refuseMore(unknown)
    if (!isRole(role)) throw new ChatError('bad-request', `role must be one of ${ROLES.join(', ')}`)
    return answer(reply, 200, await memberships.setRole(caller, roomNameOf(request), nameOf(request), role))
  })

  app.delete('/rooms/:room/members/:name', async (request, reply) => {
    const room = roomNameOf(request)
    const departure = await memberships.remove(callerOf(request), room, nameOf(request))
    await announceDeparture(room, departure)
    return reply.code(204).send()
  })

  async function announceDeparture(room: string, { person, wasThere, isLast }: Departure): Promise<void> {
    // Where people are in the log too, each server forgets the room when it takes that change (lab/hub/shared/applier.ts).
    if (isLast && !isShared) await hub.forget(room)
    if (!isLast && wasThere) await announce(room, 'left', person)
  }

  /**
   * Tells the room's readers. The membership has changed by then, and stays so even if this message
   * cannot be stored: a full disk must not keep a person in a room from which they were sent away.
   */
  async function announce(room: string, kind: 'joined' | 'left', { id, name }: Person): Promise<void> {
    try {
      const there = hub.room(room)
      const note = { kind, person: name }
      const draft = {
        draftId: crypto.randomUUID(),
        author: name,
        authorId: id,
        text: `(${name} has ${kind})`,
        note,
      }
      await there.publish(draft)
    } catch (error) {
      if (!(error instanceof ChatError)) throw error
    }
  }
}

function answer(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').send(body)
}

/** The fields of the body, which another parser has made sure is JSON's media type (build-lab.ts). */
const bodyOf = (request: FastifyRequest) =>
  record(parseJson((request.body ?? '') as string), 'bad-request', 'the body')

function refuseMore(unknown: object): void {
  const [extra] = Object.keys(unknown)
  if (extra !== undefined) throw new ChatError('bad-request', `unknown field ${quoted(extra)}`)
}

const nameOf = (request: FastifyRequest) => (request.params as { readonly name: string }).name
