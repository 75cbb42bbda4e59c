/** Short polling, read cheaply: ask, wait, ask again. */
import type { RequestKind } from '../../benchmarks/processes/apis.ts'
import type { Reading, Talk } from '../../benchmarks/subjects/subject.ts'
import { createPageReader } from '../../lab/client/load/polling.ts'
import { getRequest } from '../../lab/client/load/requests.ts'

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = ['send', 'short-poll', 'churn']

export default function read(talk: Talk, room: string): Reading {
  let since = talk.since
  let isFirst = true
  const poll = () => talk.ask(getRequest(talk, `${room}messages?since=${since}`))
  const pages = createPageReader(talk, (cursor, more) => {
    since = cursor
    talk.ready()
    if (more) return poll()
    // Real clients came at different times, and so they do not all ask at once.
    talk.later(isFirst ? talk.pollMs * talk.phase : talk.pollMs, poll)
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
