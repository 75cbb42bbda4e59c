/** The server keeps what is said. Reload the page to see what others said. */
import { post } from './post.mjs'
import { onSend, show } from './view.mjs'

onSend(async (draft) => {
  if (await post(draft)) show(draft)
})

const response = await fetch('/messages')
const { messages } = await response.json()
messages.forEach(show)
