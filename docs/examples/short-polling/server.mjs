// Short polling, whole: node server.mjs, then open http://localhost:3001 in two tabs.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const page = readFileSync('page.html')
const log = [] // every text, in the order in which it came

createServer(async (request, response) => {
  if (request.method === 'POST') {
    log.push(await text(request).catch(() => '(cut off)'))
    return response.end()
  }
  if (request.url === '/') return response.setHeader('Content-Type', 'text/html').end(page)
  const cursor = Number(request.url.split('/').at(-1)) // of GET /after/3: how many the reader has
  response.setHeader('Cache-Control', 'no-store').end(JSON.stringify(log.slice(cursor)))
}).listen(process.env.PORT ?? 3001, 'localhost')
