/** `ws` as its README broadcasts: for each client, send a string. Each frame is built again for each reader. */
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { upgradeRequest } from '../../../lab/client/load/requests.ts'
import { createSocketReader } from '../../../lab/client/load/upgrade.ts'
import { createLastWord } from '../last-word.ts'
import { chatMessage } from '../message.ts'
import { listen, type Subject } from '../subject.ts'

const plainWs: Subject = {
  name: 'ws',
  title: 'ws, a string per client',
  kind: 'peer',
  resumes: false,
  asks: [],
  roomPath: '',

  async serve() {
    const last = createLastWord()
    const server = createServer()
    const sockets = new WebSocketServer({ server, perMessageDeflate: false })
    sockets.on('connection', (socket, request) => {
      socket.on('error', () => socket.terminate())
      const word = last.wantedBy(request.url)
      if (word) socket.send(word)
    })
    return {
      server: await listen(server),
      publish(text, number) {
        const word = JSON.stringify(chatMessage(text, number))
        last.say(word)
        for (const client of sockets.clients) client.send(word)
      },
      place: last.place,
    }
  },

  read(talk) {
    const socket = createSocketReader(talk, talk.ready, () => {})
    return {
      begin() {
        socket.begin()
        talk.ask(upgradeRequest(talk, `/?since=${talk.since}`))
      },
      take: socket.take,
    }
  },
}

export default plainWs
