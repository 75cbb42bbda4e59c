/** One WebSocket: pages out, drafts in, an answer to each. The log knows no difference. */
import { draftIn } from './draft.mjs'
import { followers, pageAfter, publish } from './log.mjs'

export function serve(socket, cursor) {
  followers.add(tell)
  const heartbeat = setInterval(tell, 15_000)
  socket.on('close', () => followers.delete(tell) && clearInterval(heartbeat))
  socket.on('error', () => {}) // it broke the protocol, and is closed; unheard, this would end the server
  socket.on('message', (bytes) => {
    const draft = draftIn(bytes.toString())
    socket.send(JSON.stringify({ isAccepted: Boolean(draft && publish(draft)) }))
  })
  tell()
  function tell() {
    if (socket.bufferedAmount > 0) return // it is behind; the next heartbeat looks again
    socket.send(JSON.stringify(pageAfter(cursor)))
    cursor = pageAfter(cursor).cursor
  }
}
