/** Server-sent events, read cheaply: one request, then bytes. */
import type { RequestKind } from '../../benchmarks/processes/apis.ts'
import type { Reading, Talk } from '../../benchmarks/subjects/subject.ts'
import { getRequest } from '../../lab/client/load/requests.ts'

const END_OF_EVENT = '\n\n'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = ['send']

export default function read(talk: Talk, room: string): Reading {
  let since = talk.since
  let unfinished = ''
  let isOpen = false

  return {
    begin() {
      unfinished = ''
      isOpen = false
      const more = { Accept: 'text/event-stream', 'Cache-Control': 'no-cache' }
      talk.ask(getRequest(talk, `${room}events?since=${since}`, more))
    },
    take(bytes) {
      if (!isOpen) {
        isOpen = true
        if (bytes.toString('latin1', 9, 12) !== '200')
          return talk.fail(`the stream began ${bytes.toString('latin1', 0, 40)}`)
        talk.ready()
      }
      if (talk.resume) follow(bytes)
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
