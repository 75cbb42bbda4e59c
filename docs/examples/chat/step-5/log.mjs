/** The log: what was said, in order, numbered from 1. */
const messages = []
const epoch = Date.now().toString(36) // the name of this life of the log
export const followers = new Set()

export function publish({ author, text }) {
  const message = { seq: messages.length + 1, author, text }
  messages.push(message)
  for (const wake of followers) wake()
  return message
}

/** What comes after a cursor; all there is, when the cursor is of another life of the log. */
export function pageAfter(cursor) {
  const [life, seq] = cursor.split(':')
  const isOurs = life === epoch && Number(seq) <= messages.length
  const fresh = messages.slice(isOurs ? Number(seq) : 0)
  return { messages: fresh, cursor: `${epoch}:${messages.length}`, gap: cursor !== '' && !isOurs }
}
