/** Short polling, read cheaply: ask, wait, ask again. */

import { createPageReader } from '../../lab/client/load/polling.ts'
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import { getRequest } from '../../lab/client/load/requests.ts'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = ['send', 'short-poll', 'churn']

export default function read(context: ReaderContext, room: string): WireReader {
  let since = context.since
  let isFirst = true
  const poll = () => context.ask(getRequest(context, `${room}messages?since=${since}`))
  const pages = createPageReader(context, (cursor, more) => {
    since = cursor
    context.ready()
    if (more) return poll()
    // Real clients came at different times, and so they do not all ask at once.
    context.later(isFirst ? context.pollMs * context.phase : context.pollMs, poll)
    isFirst = false
  })

  return {
    begin() {
      pages.reset()
      poll()
    },
    take: pages.take,
  }
}
