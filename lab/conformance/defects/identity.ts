/** Defects in what a transport does with who asks. Most of those that people make cannot be made here: it is not the transport that decides. */
import type { FastifyRequest } from 'fastify'
import type { Door, Published, Reader, Speaker } from '../../server/door.ts'
import type { Draft } from '../../wire/message.ts'
import { lineServer } from '../example/server.ts'
import { type Defect, withServer } from './defect.ts'

/** The sound transport at another door. */
const withDoor = (alter: (door: Door) => Partial<Door>) =>
  withServer((app, lab) => lineServer()(app, { ...lab, door: { ...lab.door, ...alter(lab.door) } }))

/** The sound transport, where this becomes of what is said. */
const withPublish = (alter: (speaker: Speaker, draft: unknown, request: FastifyRequest) => Published) =>
  withDoor((door) => ({
    speak(request) {
      const speaker = door.speak(request)
      return { ...speaker, publish: (draft) => alter(speaker, draft, request) }
    },
  }))

/** A reader that is not told when it may not read on. */
const deaf = (reader: Reader): Reader => ({
  check: (cursor) => reader.check(cursor),
  read: (cursor) => reader.read(cursor),
  readBack: (cursor) => reader.readBack(cursor),
  file: (id) => reader.file(id),
  follow: (cursor, ring) => reader.follow(cursor, ring),
})

export const identityDefects: readonly Defect[] = [
  {
    name: 'a stream that nobody ends',
    story: 'Who asks is looked at when the stream begins, and a stream has no second request.',
    caughtBy: 'who signs out is told at once, and hears and says nothing more',
    says: /anna is told/,
    subject: withDoor((door) => ({
      enter: (request) => deaf(door.enter(request)),
    })),
  },
  {
    name: 'who was let in once is always let in',
    story: 'To look a session up costs time, so the answer is kept by the header that was shown.',
    caughtBy: 'who signs out is told at once, and hears and says nothing more',
    says: /anna is told/,
    subject: withDoor((door) => {
      const known = new Map<string, Reader>()
      return {
        enter(request) {
          const shown = request.headers.authorization ?? ''
          const reader = known.get(shown) ?? door.enter(request)
          known.set(shown, reader)
          return deaf(reader)
        },
      }
    }),
  },
  {
    name: 'the request is made anew, without its headers',
    story: 'An adapter builds the request that the room sees, from the parts that seem to matter.',
    caughtBy: 'what somebody says who has signed in carries their id, and nothing else does',
    says: /somebody is called anna/,
    subject: withDoor((door) => ({
      speak: (request) => door.speak(Object.create(request, { headers: { value: {} } }) as typeof request),
    })),
  },
  {
    name: 'the author is corrected on the way',
    story: 'The transport means well, and fills in the name that it knows.',
    caughtBy: 'nobody says anything under a name that somebody else holds',
    says: /to be refused/,
    subject: withPublish((speaker, draft, { headers }) => {
      const { author: _author, ...rest } = draft as Record<string, unknown>
      return speaker.publish(headers.authorization ? rest : draft)
    }),
  },
  {
    name: 'a refusal is answered like a success',
    story: 'Whatever goes wrong in publishing is written to a log, and the client is not to be bothered.',
    caughtBy: 'who may only read is not let to write, and reads on',
    says: /to be refused/,
    subject: withPublish((speaker, draft) => {
      try {
        return speaker.publish(draft)
      } catch {
        return { message: { ...(draft as Draft), seq: 1, publishedAt: 0 }, kept: null }
      }
    }),
  },
]
