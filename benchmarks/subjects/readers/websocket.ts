/** WebSocket, read cheaply: one handshake, then bytes. */
import type { RequestKind } from '../../processes/apis.ts'
import { lastCursor } from '../cursors.ts'
import { upgradeRequest } from '../requests.ts'
import type { Reading, Talk } from '../subject.ts'
import { createSocketReader } from '../upgrade.ts'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = []

export default function read(talk: Talk, room: string): Reading {
  let since = talk.since
  let unfinished = Buffer.alloc(0)
  const socket = createSocketReader(talk, talk.ready, (bytes) => talk.resume && follow(bytes))

  return {
    begin() {
      unfinished = Buffer.alloc(0)
      socket.begin()
      talk.ask(upgradeRequest(talk, `${room}socket?since=${since}`))
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
