/** One connection: pages, drafts and answers by one WebSocket. After `close` it tells nothing more. */
import { createAnswer } from './answer.mjs'
export function connect(cursor, onPage, onEnd) {
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/socket?since=${cursor}`)
  const answer = createAnswer() // one draft is under way at a time (outbox.mjs), so its answer needs no name
  socket.onclose = onEnd
  socket.onmessage = ({ data }) => {
    const { isAccepted, ...page } = JSON.parse(data)
    if (isAccepted === undefined) onPage(page)
    else answer.give(isAccepted)
  }
  return {
    send: (draft) => answer.to(() => socket.send(JSON.stringify(draft))),
    close() {
      socket.onclose = null
      socket.close()
      answer.miss()
    },
  }
}
