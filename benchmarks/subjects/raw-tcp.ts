/**
 * The floor: lines over TCP, one buffer written to every socket. No transport on this runtime can
 * deliver one message to many for less, so each is judged by its distance from here.
 *
 * A reader says the number of the last message it has; the server answers with the lines after
 * it and an empty one. That is all of a chat's resuming that a line can do.
 */
import { createServer, type Socket } from 'node:net'
import { chatMessage } from './message.ts'
import { listen, type Subject } from './subject.ts'

/** As many as a room of the lab remembers (lab/hub/hub.ts). */
const KEPT = 1_000

const LINE_END = 0x0a

const rawTcp: Subject = {
  name: 'raw-tcp',
  title: 'raw TCP lines',
  kind: 'floor',
  resumes: true,
  asks: [],
  roomPath: '',

  async serve() {
    const sockets = new Set<Socket>()
    const log: string[] = []
    let last = 0

    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
      socket.once('data', (hello) => {
        const after = Number(hello.toString())
        const missed = log.slice(Math.max(0, log.length - (last - after)))
        socket.write(`${missed.join('')}\n`)
        sockets.add(socket)
      })
    })
    return {
      server: await listen(server),
      publish(text, number) {
        const line = `${JSON.stringify(chatMessage(text, number))}\n`
        log.push(line)
        if (log.length > KEPT) log.shift()
        last = number
        const bytes = Buffer.from(line)
        for (const socket of sockets) socket.write(bytes)
      },
      place: () => String(last),
    }
  },

  read(talk) {
    let since = Number(talk.since)
    let lineIsEmpty = true
    return {
      begin() {
        lineIsEmpty = true
        talk.ask(`${since}\n`)
      },
      take(bytes) {
        talk.ready()
        if (talk.resume) follow(bytes)
      },
    }

    /** Numbers have no holes, so counting lines is as good as a cursor. The empty one is no message. */
    function follow(bytes: Buffer): void {
      for (const byte of bytes) {
        if (byte === LINE_END && !lineIsEmpty) since++
        lineIsEmpty = byte === LINE_END
      }
    }
  },
}

export default rawTcp
