#!/bin/sh
# 1012, "Service Restart", is in IANA's registry of WebSocket close codes, and RFC 6455 section 7.4.2 keeps 1000 to
# 2999 for the protocol and its extensions. faye-websocket takes it for a protocol error and reports 1002.
#
# Seen with faye-websocket 0.11.4 (websocket-driver 0.8.0), and for comparison ws 8.23.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts faye-websocket@0.11.4 websocket-driver@0.8.0 ws@8.23.0 || exit 2
cat > show.mjs <<'END'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { WebSocket, WebSocketServer } = require('ws')
const { Client } = require('faye-websocket')

/** What the client and the server are told when the server closes with `code`. */
async function told(code, connect) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((listening) => server.on('listening', listening))
  const answered = new Promise((done) =>
    server.on('connection', (socket) => {
      socket.on('close', done)
      socket.close(code)
    }),
  )
  const client = connect(`ws://127.0.0.1:${server.address().port}/`)
  const reported = await new Promise((done, fail) => {
    setTimeout(fail, 10_000, new Error('not closed within 10 s')).unref()
    client.onclose = (event) => done(event.code)
    client.onerror = () => {}
  })
  const answer = await answered
  server.close()
  return `${code}: the client reports ${reported}, and answers ${answer}`
}

const faye = (url) => new Client(url)
const seen = [await told(1001, faye), await told(1012, faye), await told(1012, (url) => new WebSocket(url))]
for (const [index, line] of seen.entries()) console.log((index < 2 ? 'faye-websocket' : 'ws').padEnd(16), line)
const isSo = /reports 1001/.test(seen[0]) && /reports 1002/.test(seen[1]) && /reports 1012/.test(seen[2])
console.log(isSo ? 'As found: 1012 is a protocol error to it.' : 'This has changed.')
process.exit(isSo ? 0 : 1)
END
node show.mjs
# Output seen on 2026-11-29, with Node 20.20.2:
#   faye-websocket   1001: the client reports 1001, and answers 1001
#   faye-websocket   1012: the client reports 1002, and answers 1002
#   ws               1012: the client reports 1012, and answers 1012
