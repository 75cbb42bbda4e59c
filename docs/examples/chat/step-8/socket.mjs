/** Lets pages of ours in by WebSocket. Before it: npm install ws */
import { WebSocketServer } from 'ws'
import { serve } from './peer.mjs'

const sockets = new WebSocketServer({ noServer: true, maxPayload: 8_192 })

export function upgrade(request, tcp, head) {
  tcp.on('error', () => {}) // it is gone before it was answered
  const { host, origin } = request.headers
  const [path, query] = request.url.split('?')
  // A browser asks no permission for a WebSocket: a page of another origin is refused here or nowhere.
  const isOurs = origin === undefined || origin.endsWith(`//${host}`)
  if (path !== '/socket' || !isOurs) return tcp.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
  const cursor = new URLSearchParams(query).get('since') ?? ''
  sockets.handleUpgrade(request, tcp, head, (socket) => serve(socket, cursor))
}
