/** Server-sent events, read cheaply: one request, then bytes. */
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import { getRequest } from '../../lab/client/load/requests.ts'

const END_OF_EVENT = '\n\n'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = ['send']

export default function read(context: ReaderContext, room: string): WireReader {
  let since = context.since
  let unfinished = ''
  let isOpen = false

  return {
    begin() {
      unfinished = ''
      isOpen = false
      const more = { Accept: 'text/event-stream', 'Cache-Control': 'no-cache' }
      context.ask(getRequest(context, `${room}events?since=${since}`, more))
    },
    take(bytes) {
      if (!isOpen) {
        isOpen = true
        if (bytes.toString('latin1', 9, 12) !== '200')
          return context.fail(`the stream began ${bytes.toString('latin1', 0, 40)}`)
        context.ready()
      }
      if (context.resume) follow(bytes)
    },
  }

  /** Only the id of an event that has come whole counts: half an event is dropped (WHATWG HTML §9.2.6). */
  function follow(bytes: Buffer): void {
    unfinished += bytes.toString('latin1')
    const end = unfinished.lastIndexOf(END_OF_EVENT)
    if (end < 0) return
    const id = unfinished.lastIndexOf('id:', end)
    if (id >= 0) since = unfinished.slice(id + 3, unfinished.indexOf('\n', id)).trim()
    unfinished = unfinished.slice(end + END_OF_EVENT.length)
  }
}
