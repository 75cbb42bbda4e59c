/** The line comes back, and goes on from where it ended. */
import { openLine } from './line.mjs'
import { mark, onSend, say, show } from './view.mjs'

onSend(openLine(showPage, say))

function showPage({ messages, gap }) {
  say('Open.')
  if (gap) mark('The server has begun again. What you had not seen is gone.')
  messages.forEach(show)
}
