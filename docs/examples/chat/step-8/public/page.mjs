/** What I write is kept until the server has judged it. */
import { openLine } from './line.mjs'
import { createOutbox } from './outbox.mjs'
import { mark, onSend, say, show } from './view.mjs'

const send = openLine(showPage, say)
onSend(createOutbox(send, ({ text }) => mark(`Not accepted: ${text}`)))

function showPage({ messages, gap }) {
  say('Open.')
  if (gap) mark('The server has begun again. What you had not seen is gone.')
  messages.forEach(show)
}
