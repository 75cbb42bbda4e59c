// WebSocket, whole: npm install ws, node server.mjs, then open http://localhost:3001 in two tabs.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const PORT = process.env.PORT ?? 3001
const page = readFileSync('page.html')
const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(page))
const isOurs = ({ origin }) => origin === `http://localhost:${PORT}` // any other page could connect too
const sockets = new WebSocketServer({ server, maxPayload: 65_536, verifyClient: isOurs })

sockets.on('connection', (socket) => {
  socket.on('error', () => {}) // what breaks the protocol; the connection is closed already
  socket.on('message', (bytes) => {
    for (const each of sockets.clients) each.send(bytes.toString())
  })
})
server.listen(PORT, 'localhost')
