/** Plain TCP, read cheaply: a hello, then bytes, and an answer to each heartbeat: without it the server lets us go. */
import { LineCursor } from '../../lab/client/load/cursors.ts'
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import { asLine } from './lines.ts'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = []

const OPEN = '{"type":"open"}'
const HEARTBEAT = '{"type":"heartbeat"}\n'
const HERE = asLine({ type: 'here' })
/** Begins a line for people. */
const HASH = 0x23

export default function read(context: ReaderContext, path: string): WireReader {
  const room = path.split('/').filter(Boolean).at(-1) ?? ''
  const cursor = new LineCursor(context.since)
  /** Of what comes before the connection is open. */
  let unfinished = Buffer.alloc(0)
  let isOpen = false
  /** The end of what came before, too short for a whole heartbeat. */
  let end = Buffer.alloc(0)

  return {
    begin() {
      unfinished = Buffer.alloc(0)
      cursor.begin()
      isOpen = false
      end = Buffer.alloc(0)
      context.ask(asLine({ type: 'hello', room, since: cursor.since }))
    },
    take(bytes) {
      if (isOpen) return follow(bytes)
      const rest = afterGreeting(bytes)
      if (rest.length < OPEN.length) return
      if (!rest.toString('latin1', 0, OPEN.length).startsWith(OPEN))
        return context.fail(`the connection began ${rest.toString('latin1', 0, 40)}`)
      isOpen = true
      context.ready()
      follow(rest)
    },
  }

  function follow(bytes: Buffer): void {
    if (context.resume) cursor.take(bytes)
    // A heartbeat comes each 15 s, so all that matters is that to look for it costs next to nothing.
    const seam = Buffer.concat([end, bytes.subarray(0, HEARTBEAT.length - 1)])
    if (bytes.includes(HEARTBEAT) || seam.includes(HEARTBEAT)) context.write(HERE)
    const last = bytes.length < HEARTBEAT.length ? seam : bytes
    end = Buffer.from(last.subarray(-(HEARTBEAT.length - 1)))
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
