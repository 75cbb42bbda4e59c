/** Socket.IO over WebSocket, told to begin with it: the usual upgrade from polling is left out. */
import { upgradeRequest } from '../../../lab/client/load/requests.ts'
import { createSocketReader } from '../../../lab/client/load/upgrade.ts'
import { clientFrame } from '../../../lab/client/load/web-socket-frames.ts'
import { CONNECT, PING, PONG, pathOf, serveSocketIo } from '../socket-io.ts'
import type { Subject } from '../subject.ts'

const socketIo: Subject = {
  name: 'socket.io-websocket',
  title: 'Socket.IO over WebSocket',
  kind: 'peer',
  resumes: false,
  asks: [],
  roomPath: '',
  serve: () => serveSocketIo('websocket'),

  read(talk) {
    const say = (words: string) => talk.write(clientFrame('text', Buffer.from(words)))
    let isConnected = false
    const socket = createSocketReader(
      talk,
      () => say(CONNECT),
      (bytes) => {
        // A text frame of one byte is a ping of Engine.IO's own; it comes alone, each 25 s.
        if (bytes.length === 3 && bytes[1] === 1 && bytes[2] === PING.charCodeAt(0)) return say(PONG)
        if (isConnected || !bytes.includes(`${CONNECT}{`)) return
        isConnected = true
        talk.ready()
      },
    )
    return {
      begin() {
        isConnected = false
        socket.begin()
        talk.ask(upgradeRequest(talk, pathOf('websocket', talk.since)))
      },
      take: socket.take,
    }
  },
}

export default socketIo
