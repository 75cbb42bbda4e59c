/** A connection that ends, too, when it falls silent. */
import { connect } from './connection.mjs'

const SILENCE_MS = 40_000 // a page is due every 15 seconds: one may be lost, and the next one late

export function attempt(cursor, onPage, onEnd) {
  const connection = connect(cursor, take, end)
  let timer = setTimeout(end, SILENCE_MS)
  return connection
  function take(page) {
    clearTimeout(timer)
    timer = setTimeout(end, SILENCE_MS)
    onPage(page)
  }
  function end() {
    clearTimeout(timer)
    connection.close()
    onEnd()
  }
}
