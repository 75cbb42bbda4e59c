/** A transport on which each sign of life and each page is seen as it comes, before the chat client sorts anything out. */
import type { Transport } from '../../../lab/client/transport.ts'
import type { Page } from '../../../lab/wire/message.ts'

export interface Observer {
  /** Something has come by the connection: a page, a heartbeat, the answer of an empty poll. */
  readonly onActivity: () => void
  readonly onPage: (page: Page) => void
}

/**
 * The client's own figures are those of a reader that drops what comes twice. What has really come is only seen
 * here: a message that came again, or after a later one.
 */
export function observed(transport: Transport, { onActivity, onPage }: Observer): Transport {
  return {
    async open(options) {
      const connection = await transport.open({
        ...options,
        onActivity(quietMs) {
          onActivity()
          options.onActivity(quietMs)
        },
      })
      return {
        send: (draft, signal) => connection.send(draft, signal),
        renewPresence: (update) => connection.renewPresence(update),
        async *[Symbol.asyncIterator]() {
          for await (const page of connection) {
            onActivity()
            onPage(page)
            yield page
          }
        },
      }
    },
  }
}
