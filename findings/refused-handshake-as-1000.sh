#!/bin/sh
# A handshake that is answered with 503 has failed: there was no connection, and a WebSocket says so with 1006 (WHATWG
# WebSockets, section "Feedback from the protocol"). Two wrappers report 1000, a normal closure, in its place, so an
# application that takes 1000 for "closed on purpose" is misled.
#
# Seen with reconnecting-websocket 4.4.0 and partysocket 1.3.0, both around ws 8.23.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  reconnecting-websocket@4.4.0 partysocket@1.3.0 ws@8.23.0 || exit 2
cat > show.mjs <<'END'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { WebSocket as Partysocket } from 'partysocket'
const require = createRequire(import.meta.url)
const { WebSocket } = require('ws')
const ReconnectingWebSocket = require('reconnecting-websocket')

const server = createServer()
server.on('upgrade', (_request, socket) =>
  socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
)
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const url = `ws://127.0.0.1:${server.address().port}/`

const codeOf = (socket) =>
  new Promise((done, fail) => {
    setTimeout(fail, 10_000, new Error('not closed within 10 s')).unref()
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', ({ code }) => done(code), { once: true })
  })
const once = { WebSocket, maxRetries: 0 }
const seen = {
  ws: await codeOf(new WebSocket(url)),
  'reconnecting-websocket': await codeOf(new ReconnectingWebSocket(url, [], once)),
  partysocket: await codeOf(new Partysocket(url, [], once)),
}
for (const [name, code] of Object.entries(seen)) console.log(name.padEnd(24), code)
const isSo = seen.ws === 1006 && seen['reconnecting-websocket'] === 1000 && seen.partysocket === 1000
console.log(isSo ? 'As found: a refusal is reported as a normal closure.' : 'This has changed.')
process.exit(isSo ? 0 : 1)
END
node show.mjs
# Output seen on 2026-11-29, with Node 20.20.2:
#   ws                       1006
#   reconnecting-websocket   1000
#   partysocket              1000
