/** What I write, I see. The server never hears of it. */
import { onSend, show } from './view.mjs'

onSend(show)
