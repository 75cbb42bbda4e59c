/** The shipped handshake, parser, writer and closing as an echo: see `npm run echo`. */
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { serverFrame } from '../_formats/ws-encoder.ts'
import { answerHttp, type EchoFactory, fragmentsOf, refusalOf, refuse } from '../_web-socket/server-echo.ts'
import { type ConnectionHandlers, WebSocketConnection } from './server-connection.ts'
import { accept, readHandshake } from './server-handshake.ts'

/** The same for all connections, so that none has a closure of its own. */
const ECHO: ConnectionHandlers = {
  onMessage: (connection, opcode, payload) => connection.reply(serverFrame(opcode, payload)),
}

const createEcho: EchoFactory = (options) => {
  const { maxMessage } = options
  const limits = { masked: true, maxMessage, maxFragments: fragmentsOf(maxMessage) }
  const server = createServer(answerHttp)
  server.on('upgrade', (request, socket: Socket, head: Buffer) => {
    const refusal = refusalOf(request, options)
    const handshake = readHandshake(request.headers)
    if (refusal) refuse(socket, refusal)
    else if ('status' in handshake) refuse(socket, handshake)
    else if (accept(socket, handshake)) new WebSocketConnection(socket, head, limits, ECHO)
  })
  return server
}

export default createEcho
