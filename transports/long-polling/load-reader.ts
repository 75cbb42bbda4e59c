/** Long polling, read cheaply: ask, and be kept waiting. */

import { createPageReader } from '../../lab/client/load/polling.ts'
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import { getRequest } from '../../lab/client/load/requests.ts'

/** As long as the lab's own client lets itself be held. */
const HOLD_S = 25

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = ['send', 'long-poll']

export default function read(context: ReaderContext, room: string): WireReader {
  let since = context.since
  const poll = (waitS: number) =>
    context.ask(getRequest(context, `${room}messages?since=${since}&wait=${waitS}`))
  const pages = createPageReader(context, (cursor) => {
    since = cursor
    context.ready()
    poll(HOLD_S)
  })

  return {
    begin() {
      pages.reset()
      poll(0) // at once: is anybody there?
    },
    take: pages.take,
  }
}
