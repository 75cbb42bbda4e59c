/** The `ws` package, with the lab's limits, as an echo: see `npm run echo`. */
import { createServer } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import { VERSION } from '../_formats/ws-handshake.ts'
import { answerHttp, type EchoFactory, fragmentsOf, refusalOf, refuse } from '../_web-socket/server-echo.ts'
import { createSockets } from './server-sockets.ts'

const createEcho: EchoFactory = (options) => {
  const { maxMessage } = options
  const pieces = fragmentsOf(maxMessage)
  const sockets = createSockets({ maxMessage, maxFragments: pieces, maxChunks: pieces })
  sockets.on('wsClientError', ({ message }, socket) => refuse(socket, { status: 400, why: message }))
  const server = createServer(answerHttp)
  server.on('upgrade', (request, socket, head: Buffer) => {
    const refusal = refusalOf(request, options)
    if (refusal) return refuse(socket, refusal)
    if (request.headers['sec-websocket-version'] !== VERSION)
      return refuse(socket, { status: 426, why: `this server speaks WebSocket version ${VERSION}` })
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.on('error', ignore) // `ws` closes by itself what breaks the protocol
      peer.on('message', echo)
    })
  })
  return server
}

function echo(this: WebSocket, data: RawData, isBinary: boolean): void {
  this.send(data, { binary: isBinary })
}

function ignore(): void {}

export default createEcho
