/** nchan over server-sent events: an event for each message, with its cursor as the event's id. */
import { getRequest } from '../../../lab/client/load/requests.ts'
import { absent, serveNchan, versions } from '../nchan.ts'
import type { Subject } from '../subject.ts'

const nchan: Subject = {
  name: 'nchan-sse',
  title: 'nginx with nchan, SSE',
  kind: 'peer',
  resumes: false,
  asks: [],
  roomPath: '',
  absent,
  versions,
  serve: () => serveNchan('eventsource'),

  read(talk) {
    return {
      begin() {
        talk.ask(getRequest(talk, `/subscribe?since=${talk.since}`, { Accept: 'text/event-stream' }))
      },
      take: () => talk.ready(), // it greets with a comment
    }
  },
}

export default nchan
