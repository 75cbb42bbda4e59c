/**
 * What the two Socket.IO peers share: the server, as its documentation sets it up, and the words of the
 * protocol (Engine.IO 4, Socket.IO 5). A packet is one digit and a payload; `4` carries Socket.IO's own digit.
 */
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { createLastWord } from './last-word.ts'
import { chatMessage } from './message.ts'
import { listen, type Serving } from './subject.ts'

export const PING = '2'
export const PONG = '3'
export const CONNECT = '40'

export const pathOf = (transport: string, since: string) =>
  `/socket.io/?EIO=4&transport=${transport}&since=${since}`

export async function serveSocketIo(transport: 'websocket' | 'polling'): Promise<Serving> {
  const last = createLastWord()
  const server = createServer()
  // The lab does not compress either. Left on, each answer above 1 KB would be gzipped for each reader.
  const io = new Server(server, { transports: [transport], httpCompression: false })
  io.on('connection', (socket) => {
    const word = last.wantedBy(socket.request.url)
    if (word) socket.emit('message', JSON.parse(word))
  })
  return {
    server: await listen(server),
    publish(text, number) {
      const message = chatMessage(text, number)
      last.say(JSON.stringify(message))
      io.emit('message', message)
    },
    place: last.place,
  }
}
