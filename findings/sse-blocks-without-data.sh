#!/bin/sh
# A block of an event stream without data is no event: "If the data buffer is an empty string, set the data buffer and
# the event type buffer to the empty string and return" (WHATWG HTML, section 9.2.6). Two libraries make a message of it.
#
# Seen with @microsoft/fetch-event-source 2.0.1, extended-eventsource 2.1.0, and for comparison eventsource 4.1.1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  @microsoft/fetch-event-source@2.0.1 extended-eventsource@2.1.0 eventsource@4.1.1 || exit 2
cat > show.mjs <<'END'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { fetchEventSource } = require('@microsoft/fetch-event-source')
const { CustomEventSource } = require('extended-eventsource')
const { EventSource } = require('eventsource')

// A retry, a comment, and one event: the only block that has data.
const STREAM = 'retry: 1000\n\n:\n\ndata: one\n\n'
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(STREAM)
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const url = `http://127.0.0.1:${server.address().port}/`
// Of a window and a document, fetch-event-source uses these.
globalThis.window = globalThis
globalThis.document = { removeEventListener() {} }

const untilOne = (open) =>
  new Promise((done, fail) => {
    const seen = []
    setTimeout(fail, 10_000, new Error('no event came within 10 s')).unref()
    open((data) => seen.push(data) && data === 'one' && done(seen))
  })
const by = (Source) => (take) => new Source(url).addEventListener('message', ({ data }) => take(data))
const seen = {
  '@microsoft/fetch-event-source': await untilOne((take) =>
    fetchEventSource(url, { openWhenHidden: true, onmessage: ({ data }) => take(data) }),
  ),
  'extended-eventsource': await untilOne(by(CustomEventSource)),
  eventsource: await untilOne(by(EventSource)),
}
console.log('sent    ', JSON.stringify(STREAM))
for (const [name, data] of Object.entries(seen)) console.log(name.padEnd(30), JSON.stringify(data))
const expected = { '@microsoft/fetch-event-source': 3, 'extended-eventsource': 3, eventsource: 1 }
const isSo = Object.entries(expected).every(([name, count]) => seen[name].length === count)
console.log(isSo ? 'As found: two of them make empty messages.' : 'This has changed.')
process.exit(isSo ? 0 : 1)
END
node show.mjs
# Output seen on 2026-11-29, with Node 20.20.2:
#   sent     "retry: 1000\n\n:\n\ndata: one\n\n"
#   @microsoft/fetch-event-source  ["","","one"]
#   extended-eventsource           ["","","one"]
#   eventsource                    ["one"]
