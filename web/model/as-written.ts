/** A transport by which each draft goes out as the one who wrote it, or not at all. */
import type { Transport } from '../../lab/client/transport.ts'
import type { Draft } from '../../lab/wire/message.ts'

/**
 * A draft may have waited, for a line or for a server, and the page may be another person's by now. What was written
 * as Greta must not be said by Bob, nor unsigned: a server that has forgotten her would take it under her name.
 *
 * @param check called before each draft is sent. @throws ChatError when it may not go out
 */
export function asWritten(transport: Transport, check: (draft: Draft) => Promise<void>): Transport {
  return {
    async open(options) {
      const connection = await transport.open(options)
      return {
        async send(draft, signal) {
          await check(draft)
          return connection.send(draft, signal)
        },
        renewPresence: (update) => connection.renewPresence(update),
        [Symbol.asyncIterator]: () => connection[Symbol.asyncIterator](),
      }
    },
  }
}
