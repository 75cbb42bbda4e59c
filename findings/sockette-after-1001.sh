#!/bin/sh
# 1001 says that an endpoint is "going away", such as a server going down (RFC 6455, section 7.4.1): a restart, as a
# rule. sockette is made to reconnect, and never does after 1001; after 1012 (service restart) it does.
#
# Seen with sockette 2.0.6, ws 8.23.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts sockette@2.0.6 ws@8.23.0 || exit 2
cat > show.mjs <<'END'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { WebSocket, WebSocketServer } = require('ws')
const sockette = require('sockette')
globalThis.WebSocket = WebSocket

/** How many connections come within 4 s, when the first is closed with `code` and sockette waits 200 ms. */
async function connections(code) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((listening) => server.on('listening', listening))
  let count = 0
  server.on('connection', (socket) => {
    if (++count === 1) socket.close(code)
  })
  const client = sockette(`ws://127.0.0.1:${server.address().port}/`, { timeout: 200 })
  await new Promise((later) => setTimeout(later, 4_000))
  client.close()
  server.close()
  return count
}

const after1001 = await connections(1001)
const after1012 = await connections(1012)
console.log(`closed with 1001: ${after1001} connection(s); with 1012: ${after1012}`)
const isSo = after1001 === 1 && after1012 === 2
console.log(isSo ? 'As found: it does not come back after 1001.' : 'This has changed.')
process.exit(isSo ? 0 : 1)
END
node show.mjs
# Output seen on 2026-11-29, with Node 20.20.2:
#   closed with 1001: 1 connection(s); with 1012: 2
