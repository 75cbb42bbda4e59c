/** A reader's stream: what comes after its cursor, now and later. */
import { followers, pageAfter } from './log.mjs'

export function stream(request, response) {
  let cursor = new URLSearchParams(request.url.split('?')[1]).get('since') ?? ''
  const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store, no-transform' }
  response.writeHead(200, { ...headers, 'X-Accel-Buffering': 'no' })
  followers.add(tell)
  response.on('drain', tell).on('close', () => followers.delete(tell))
  tell()
  function tell() {
    // A reader that is behind gets the rest when it has taken what is under way; the log keeps it until then.
    if (response.writableNeedDrain) return
    const page = pageAfter(cursor)
    cursor = page.cursor
    response.write(`data: ${JSON.stringify(page)}\n\n`)
  }
}
