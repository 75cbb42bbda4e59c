/** HTTP streaming, read cheaply: one request, then bytes. */
import { LineCursor } from '../../lab/client/load/cursors.ts'
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import { getRequest } from '../../lab/client/load/requests.ts'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = ['send']

export default function read(context: ReaderContext, room: string): WireReader {
  const cursor = new LineCursor(context.since)
  let isOpen = false

  return {
    begin() {
      cursor.begin()
      isOpen = false
      context.ask(getRequest(context, `${room}stream?since=${cursor.since}`))
    },
    take(bytes) {
      if (!isOpen) {
        isOpen = true
        if (bytes.toString('latin1', 9, 12) !== '200')
          return context.fail(`the stream began ${bytes.toString('latin1', 0, 40)}`)
        context.ready()
      }
      if (context.resume) cursor.take(bytes)
    },
  }
}
