/** Reads the log, by HTTP. */
import { pageAfter } from './log.mjs'

export function read(request, response) {
  const since = new URLSearchParams(request.url.split('?')[1]).get('since') ?? ''
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }
  response.writeHead(200, headers).end(JSON.stringify(pageAfter(since)))
}
