/** The log: what was said, in order, numbered from 1. */
const messages = []

export function publish({ author, text }) {
  const message = { seq: messages.length + 1, author, text }
  messages.push(message)
  return message
}

export function pageAfter() {
  return { messages }
}
