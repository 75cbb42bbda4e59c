/** Plain TCP, read cheaply: a hello, then bytes. */
import { LineCursor } from '../../lab/client/load/cursors.ts'
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import { asLine } from './lines.ts'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = []

const OPEN = '{"type":"open"}'
/** Begins a line for people. */
const HASH = 0x23

export default function read(context: ReaderContext, path: string): WireReader {
  const room = path.split('/').filter(Boolean).at(-1) ?? ''
  const cursor = new LineCursor(context.since)
  /** Of what comes before the connection is open. */
  let unfinished = Buffer.alloc(0)
  let isOpen = false

  return {
    begin() {
      unfinished = Buffer.alloc(0)
      cursor.begin()
      isOpen = false
      context.ask(asLine({ type: 'hello', room, since: cursor.since }))
    },
    take(bytes) {
      if (isOpen) {
        if (context.resume) cursor.take(bytes)
        return
      }
      const rest = afterGreeting(bytes)
      if (rest.length < OPEN.length) return
      if (!rest.toString('latin1', 0, OPEN.length).startsWith(OPEN))
        return context.fail(`the connection began ${rest.toString('latin1', 0, 40)}`)
      isOpen = true
      context.ready()
      if (context.resume) cursor.take(rest)
    },
  }

  /**
   * What has come so far, without the lines for people. A server whose event loop was held up finds the time for its
   * greeting over before it sees the hello.
   */
  function afterGreeting(bytes: Buffer): Buffer {
    unfinished = Buffer.concat([unfinished, bytes])
    while (unfinished[0] === HASH) {
      const end = unfinished.indexOf('\n') + 1
      if (end === 0) return Buffer.alloc(0)
      unfinished = unfinished.subarray(end)
    }
    return unfinished
  }
}
