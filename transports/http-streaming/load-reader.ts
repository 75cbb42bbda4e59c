/** HTTP streaming, read cheaply: one request, then bytes. */
import { lastCursor } from '../../lab/client/load/cursors.ts'
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import { getRequest } from '../../lab/client/load/requests.ts'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = ['send']

export default function read(context: ReaderContext, room: string): WireReader {
  let since = context.since
  let unfinished = Buffer.alloc(0)
  let isOpen = false

  return {
    begin() {
      unfinished = Buffer.alloc(0)
      isOpen = false
      context.ask(getRequest(context, `${room}stream?since=${since}`))
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

  /** Only the cursor of a line that has come whole counts: half a line is dropped with its connection. */
  function follow(bytes: Buffer): void {
    unfinished = Buffer.concat([unfinished, bytes])
    const end = unfinished.lastIndexOf('\n') + 1
    if (end === 0) return
    since = lastCursor(unfinished.subarray(0, end))?.cursor ?? since
    unfinished = unfinished.subarray(end)
  }
}
