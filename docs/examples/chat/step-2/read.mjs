/** Reads the log, by HTTP. */
import { pageAfter } from './log.mjs'

export function read(_request, response) {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }
  response.writeHead(200, headers).end(JSON.stringify(pageAfter()))
}
