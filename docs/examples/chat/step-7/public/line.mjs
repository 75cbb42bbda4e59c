/** The line: one connection after the other, each from where the last one ended. */
import { attempt } from './attempt.mjs'
import { backoff } from './backoff.mjs'

export function openLine(show, say) {
  let [cursor, failures] = ['', 0]
  let connection = attempt(cursor, onPage, onEnd)
  return (draft) => connection.send(draft)
  function onPage(page) {
    cursor = page.cursor
    failures = 0
    show(page)
  }
  function onEnd() {
    say('Broken. Trying again.')
    setTimeout(() => {
      connection = attempt(cursor, onPage, onEnd)
    }, backoff(failures++))
  }
}
