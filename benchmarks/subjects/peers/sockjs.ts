/** SockJS over WebSocket, as its README broadcasts: for each connection, write a string. */
import { createServer, type Server } from 'node:http'
import { upgradeRequest } from '../../../lab/client/load/requests.ts'
import { createSocketReader } from '../../../lab/client/load/upgrade.ts'
import { createLastWord } from '../last-word.ts'
import { chatMessage } from '../message.ts'
import { absentPackage, loadPackage, versionIn } from '../peers-folder.ts'
import { listen, type Subject } from '../subject.ts'

/** Of the package, which brings no types, what is used here. */
interface SockJs {
  createServer(options: { log(): void }): {
    on(event: 'connection', act: (connection: Connection | null) => void): void
    installHandlers(server: Server, options: { prefix: string }): void
  }
}
interface Connection {
  readonly url: string
  write(word: string): void
  on(event: 'close', act: () => void): void
}

/** The frame `o`, text and unmasked: the session is open (SockJS protocol 0.3.3). */
const OPEN = Buffer.from([0x81, 1, 'o'.charCodeAt(0)])
let sessions = 0

const sockJs: Subject = {
  name: 'sockjs',
  title: 'SockJS over WebSocket',
  kind: 'peer',
  resumes: false,
  asks: [],
  roomPath: '',
  absent: () => absentPackage('sockjs'),
  versions: () => versionIn('sockjs'),

  async serve() {
    const last = createLastWord()
    const server = createServer()
    const connections = new Set<Connection>()
    const sockets = (loadPackage('sockjs') as SockJs).createServer({ log() {} })
    sockets.on('connection', (connection) => {
      if (!connection) return
      connections.add(connection)
      connection.on('close', () => connections.delete(connection))
      const word = last.wantedBy(connection.url)
      if (word) connection.write(word)
    })
    sockets.installHandlers(server, { prefix: '/chat' })
    return {
      server: await listen(server),
      publish(text, number) {
        const word = JSON.stringify(chatMessage(text, number))
        last.say(word)
        for (const connection of connections) connection.write(word)
      },
      place: last.place,
    }
  },

  read(talk) {
    let isOpen = false
    const socket = createSocketReader(
      talk,
      () => {},
      (bytes) => {
        if (isOpen || !bytes.includes(OPEN)) return
        isOpen = true
        talk.ready()
      },
    )
    return {
      begin() {
        isOpen = false
        socket.begin()
        talk.ask(upgradeRequest(talk, `/chat/000/${process.pid}-${++sessions}/websocket?since=${talk.since}`))
      },
      take: socket.take,
    }
  },
}

export default sockJs
