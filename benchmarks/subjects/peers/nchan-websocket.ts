/** nchan over WebSocket: a frame for each message, from the cursor in the URL on. */
import { upgradeRequest } from '../../../lab/client/load/requests.ts'
import { createSocketReader } from '../../../lab/client/load/upgrade.ts'
import { absent, serveNchan, versions } from '../nchan.ts'
import type { Subject } from '../subject.ts'

const nchan: Subject = {
  name: 'nchan-websocket',
  title: 'nginx with nchan, WebSocket',
  kind: 'peer',
  resumes: false,
  asks: [],
  roomPath: '',
  absent,
  versions,
  serve: () => serveNchan('websocket'),

  read(talk) {
    const socket = createSocketReader(talk, talk.ready, () => {})
    return {
      begin() {
        socket.begin()
        talk.ask(upgradeRequest(talk, `/subscribe?since=${talk.since}`))
      },
      take: socket.take,
    }
  },
}

export default nchan
