/** One connection: pages by server-sent events, drafts by POST. After `close` it tells nothing more. */
import { post } from './post.mjs'

export function connect(cursor, onPage, onEnd) {
  const source = new EventSource(`/events?since=${cursor}`)
  source.onmessage = ({ data }) => onPage(JSON.parse(data))
  source.onerror = onEnd
  return { send: post, close: () => source.close() }
}
