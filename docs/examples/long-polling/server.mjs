// Long polling, whole: node server.mjs, then open http://localhost:3001 in two tabs.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const page = readFileSync('page.html')
const log = [] // every text, in the order in which it came
const waiting = new Set() // what to call when there is one more
createServer(async (request, response) => {
  if (request.method === 'POST') {
    log.push(await text(request).catch(() => '(cut off)'))
    for (const answer of waiting) answer()
    return response.end()
  }
  if (request.url === '/') return response.setHeader('Content-Type', 'text/html').end(page)
  const cursor = Number(request.url.split('/').at(-1)) // of GET /after/3: how many the reader has
  const answer = () => waiting.delete(answer) && response.end(JSON.stringify(log.slice(cursor)))
  waiting.add(answer)
  setTimeout(answer, log.length > cursor ? 0 : 25_000)
}).listen(process.env.PORT ?? 3001, 'localhost')
