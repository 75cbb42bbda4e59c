/**
 * The stub of the self-check: it holds every message and every answer for a known time, and so
 * the instrument must read that time. It is no transport, and it is in no table.
 *
 * A message is its bare text and a line end, so that the bytes can be reckoned on paper.
 */
import { createServer, type Socket } from 'node:net'
import { listen, type Subject } from './subject.ts'

const EMPTY_PAGE = '{"messages":[],"cursor":"stub:0","gap":false,"more":false}'
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-length: ${EMPTY_PAGE.length}\r\n\r\n${EMPTY_PAGE}`

const stub: Subject = {
  name: 'stub',
  title: 'stub with a known delay',
  kind: 'floor',
  resumes: false,
  asks: ['short-poll'],
  roomPath: '/',

  async serve({ delayMs }) {
    const sockets = new Set<Socket>()
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
      socket.on('data', (bytes) => {
        if (bytes.toString('latin1', 0, 4) === 'GET ') setTimeout(() => socket.write(ANSWER), delayMs)
        else {
          sockets.add(socket)
          socket.write('\n')
        }
      })
    })
    return {
      server: await listen(server),
      publish(text) {
        const line = Buffer.from(`${text}\n`)
        setTimeout(() => {
          for (const socket of sockets) socket.write(line)
        }, delayMs)
      },
      place: () => '',
    }
  },

  read: (talk) => ({
    begin: () => talk.ask('hello\n'),
    take: () => talk.ready(),
  }),
}

export default stub
