/** The server tells what is new. */
import { post } from './post.mjs'
import { onSend, say, show } from './view.mjs'

onSend(post)
const source = new EventSource('/events')
source.onopen = () => say('Open.')
source.onerror = () => say('Broken. The browser tries again.')
source.onmessage = ({ data }) => JSON.parse(data).messages.forEach(show)
