/**
 * The idea of the lab in one file: a log, a cursor, and a request that waits. `node --import tsx docs/examples/minimal.ts`
 *
 *     curl -d 'Hello' localhost:3001/messages        append to the log
 *     curl 'localhost:3001/messages?since=0'         read after a cursor, or wait until there is something
 *
 * Left out: a cursor carries no epoch, so a reader from before a restart may wait for messages that it never had;
 * the log grows for ever, and nothing is on a disk. docs/architecture.md shows how the lab does each of these.
 */
import { createServer, type ServerResponse } from 'node:http'
import { pathToFileURL } from 'node:url'

/** Proxies between us lose patience after 30 to 60 s; an empty answer comes first, and the reader asks again. */
const HOLD_MS = 25_000

export function createMinimalServer(holdMs = HOLD_MS) {
  const log: string[] = [] // a message's place in it, from 1, is its cursor
  const waiting = new Set<() => void>()

  const answer = (response: ServerResponse, since: number) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ messages: log.slice(since), cursor: log.length }))
  }

  return createServer(async (request, response) => {
    if (request.method === 'POST') {
      let text = ''
      for await (const piece of request.setEncoding('utf8')) text += piece
      log.push(text)
      for (const wake of waiting) wake() // each answers with all that is new: no reader needs a queue of its own
      return response.writeHead(201).end()
    }
    const since = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('since') ?? 0)
    if (!Number.isInteger(since) || since < 0) return response.writeHead(400).end('since must be a cursor\n')
    // Nothing is awaited between this look and the waiting, so no message can come in between and be missed.
    if (since < log.length) return answer(response, since)

    const stop = () => {
      waiting.delete(wake)
      clearTimeout(patience)
    }
    const wake = () => {
      stop()
      answer(response, since)
    }
    waiting.add(wake)
    const patience = setTimeout(wake, holdMs)
    response.once('close', stop) // the reader has hung up: leave nothing behind
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  createMinimalServer().listen(3001, () => console.log('Listening on http://localhost:3001'))
}
