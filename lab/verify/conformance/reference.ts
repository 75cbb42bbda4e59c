/**
 * The reference transport: the room itself, without a wire.
 *
 * It shows how little a transport has to do, and it runs the whole contract, so that a case
 * which fails here is wrong itself. Every real transport is this, and a way to carry it.
 */
import type { Transport } from '../../client/transport.ts'
import { positionOf } from '../../hub/position.ts'
import { parseDraft } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import type { InProcessServer } from './subject.ts'

/** @param server the server that serves now; null while there is none */
export function inMemory(server: () => InProcessServer | null): Transport {
  return {
    async open({ baseUrl, since: text, signal }) {
      const since = positionOf(text).cursor // this way knows nothing of who is here
      const open = server()
      if (!open) throw new ChatError('unreachable', 'no server is running')
      const room = open.hub.room(decodeURIComponent(baseUrl.pathname.split('/').at(-2) ?? ''))
      room.read(since) // refuses a bad cursor now, not at the first page
      const over = AbortSignal.any([signal, open.shutdown])
      return {
        async send(draft) {
          if (over.aborted) throw new ChatError('unreachable', 'the line is gone')
          const message = await room.publish(parseDraft(draft))
          if (over.aborted) throw new ChatError('unreachable', 'the line went before the answer')
          return message
        },
        renewPresence() {}, // presence is kept by the gateway, and this way goes around it
        async *[Symbol.asyncIterator]() {
          let wake = () => {}
          const follower = room.follow(since, () => wake())
          over.addEventListener('abort', () => wake(), { once: true })
          try {
            while (!over.aborted) {
              const page = follower.next()
              if (page) yield page
              // Nothing is awaited between the read and the waiting, so no notification is missed.
              else await new Promise<void>((resolve) => (wake = resolve))
            }
          } finally {
            follower.stop()
          }
        },
      }
    },
  }
}
