// Server-sent events, whole: node server.mjs, then open http://localhost:3001 in two tabs.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const page = readFileSync('page.html')
const log = [] // every event, in the order in which it came
const readers = new Set() // responses that do not end
const publish = (said) => {
  log.push(`id: ${log.length + 1}\ndata: ${JSON.stringify(said)}\n\n`)
  for (const reader of readers) reader.write(log.at(-1))
}
createServer(async (request, response) => {
  if (request.method === 'POST') return response.end(publish(await text(request).catch(() => '(cut off)')))
  if (request.url === '/') return response.setHeader('Content-Type', 'text/html').end(page)
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  response.write(`retry: 1000\nevent: welcome\ndata: ${log.length}\n\n`)
  response.write(log.slice(request.headers['last-event-id'] ?? 0).join(''))
  readers.add(response.on('close', () => readers.delete(response)))
}).listen(process.env.PORT ?? 3001, 'localhost')
