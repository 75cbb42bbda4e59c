/** Plain TCP, read cheaply: a hello, then bytes. */
import { lastCursor } from '../../lab/client/load/cursors.ts'
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import { asLine } from './lines.ts'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = []

export default function read(context: ReaderContext, path: string): WireReader {
  const room = path.split('/').filter(Boolean).at(-1) ?? ''
  let since = context.since
  let unfinished = Buffer.alloc(0)
  let isOpen = false

  return {
    begin() {
      unfinished = Buffer.alloc(0)
      isOpen = false
      context.ask(asLine({ type: 'hello', room, since }))
    },
    take(bytes) {
      if (!isOpen) {
        if (!bytes.toString('latin1', 0, 16).startsWith('{"type":"open"}'))
          return context.fail(`the connection began ${bytes.toString('latin1', 0, 40)}`)
        isOpen = true
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
