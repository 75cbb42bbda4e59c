/** Ask every two seconds for what is new. */
import { post } from './post.mjs'
import { mark, onSend, say, show } from './view.mjs'

let cursor = ''
onSend(post)
poll()

async function poll() {
  try {
    const page = await (await fetch(`/messages?since=${cursor}`)).json()
    cursor = page.cursor
    if (page.gap) mark('The server has begun again. What you had not seen is gone.')
    page.messages.forEach(show)
    say('Open.')
  } catch {
    say('No answer.')
  }
  setTimeout(poll, 2_000) // counted from the end of the last one: two never overlap
}
