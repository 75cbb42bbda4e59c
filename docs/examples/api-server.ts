/** The server for what chapters 4 and 5 say of `EventSource` and `WebSocket`: each path behaves in one way. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export interface ApiServer {
  readonly url: string
  /** Every request so far but for pages, handshakes included. */
  readonly requests: readonly IncomingMessage[]
  /** Those of one path. */
  asked(path: string): readonly IncomingMessage[]
  /** How the sockets that have closed were closed, as the server was told. */
  readonly closes: readonly { readonly code: number; readonly reason: string }[]
  /** Responses of event streams that have not ended. */
  readonly streams: ReadonlySet<ServerResponse>
  close(): Promise<void>
}

/** What each path of an event stream begins with, and whether it ends there. */
const STREAMS: Readonly<Record<string, { readonly text: string; readonly ends: boolean }>> = {
  '/open': { text: ': a comment\n\n', ends: false },
  '/named': { text: 'event: price\ndata: 7\n\ndata: plain\n\n', ends: false },
  '/ids': { text: 'retry: 1\nid: 7\ndata: one\n\ndata: two\n\n', ends: true },
  '/lines': { text: 'data: a\rdata: b\r\r', ends: false },
  '/unended': { text: 'retry: 60000\ndata: whole\n\ndata: cut off', ends: true },
}

export async function startApiServer(page: string): Promise<ApiServer> {
  const requests: IncomingMessage[] = []
  const closes: { code: number; reason: string }[] = []
  const streams = new Set<ServerResponse>()
  const asked = (path: string) => requests.filter(({ url }) => url === path)
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('chat-2') ? 'chat-2' : false),
  })

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (path === '/') return response.setHeader('content-type', 'text/html; charset=utf-8').end(page)
    requests.push(request)
    const status = /^\/status\/(\d+)$/.exec(path)?.[1]
    if (status) return response.writeHead(Number(status)).end()
    if (path === '/plain') return response.setHeader('content-type', 'text/plain').end('data: x\n\n')
    if (path === '/once' && asked(path).length > 1) return response.writeHead(204).end()
    const { text, ends } = STREAMS[path] ?? { text: 'retry: 1\n', ends: true }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(text)
    if (ends) return response.end()
    streams.add(response.once('close', () => streams.delete(response)))
    return undefined
  })
  server.on('upgrade', (request, socket: Socket, head) => {
    requests.push(request)
    socket.on('error', () => {})
    const status = /^\/status\/(\d+)$/.exec(request.url ?? '')?.[1]
    if (status) return void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`)
    sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, request.url ?? '', socket))
  })
  function serve(webSocket: WebSocket, path: string, socket: Socket): void {
    webSocket.on('close', (code, reason) => closes.push({ code, reason: String(reason) }))
    webSocket.on('error', () => {})
    if (path === '/cut') socket.destroy()
    else if (path === '/bye') webSocket.close(4321, 'no tea')
    else if (path === '/bare-close') webSocket.close()
    else if (path === '/deaf') socket.pause()
    else
      webSocket.on('message', (data, isBinary) =>
        webSocket.send(isBinary ? data : data.toString(), { binary: isBinary }),
      )
  }
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    requests,
    asked,
    closes,
    streams,
    async close() {
      for (const webSocket of sockets.clients) webSocket.terminate()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
