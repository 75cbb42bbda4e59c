/** Long polling, read cheaply: ask, and be kept waiting. */
import type { RequestKind } from '../../benchmarks/processes/apis.ts'
import type { Reading, Talk } from '../../benchmarks/subjects/subject.ts'
import { createPageReader } from '../../lab/client/load/polling.ts'
import { getRequest } from '../../lab/client/load/requests.ts'

/** As long as the lab's own client lets itself be held. */
const HOLD_S = 25

/** What autocannon can ask of this transport. */
export const asks: readonly RequestKind[] = ['send', 'long-poll']

export default function read(talk: Talk, room: string): Reading {
  let since = talk.since
  const poll = (waitS: number) => talk.ask(getRequest(talk, `${room}messages?since=${since}&wait=${waitS}`))
  const pages = createPageReader(talk, (cursor) => {
    since = cursor
    talk.ready()
    poll(HOLD_S)
  })

  return {
    begin() {
      pages.reset()
      poll(0) // at once: is anybody there?
    },
    take: pages.take,
  }
}
