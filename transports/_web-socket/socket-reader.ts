/** Any transport that speaks WebSocket, read cheaply for the benchmark: one handshake, then bytes. */
import { lastCursor } from '../../lab/client/load/cursors.ts'
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import { upgradeRequest } from '../../lab/client/load/requests.ts'
import { createSocketReader } from '../../lab/client/load/upgrade.ts'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = []

export default function read(context: ReaderContext, room: string): WireReader {
  let since = context.since
  let unfinished = Buffer.alloc(0)
  const socket = createSocketReader(context, context.ready, (bytes) => context.resume && follow(bytes))

  return {
    begin() {
      unfinished = Buffer.alloc(0)
      socket.begin()
      context.ask(upgradeRequest(context, `${room}socket?since=${since}`))
    },
    take: socket.take,
  }

  /** A page names its cursor after its messages: who has the cursor has them all. */
  function follow(bytes: Buffer): void {
    unfinished = Buffer.concat([unfinished, bytes])
    const found = lastCursor(unfinished)
    if (!found) return
    since = found.cursor
    unfinished = Buffer.from(unfinished.subarray(found.end))
  }
}
