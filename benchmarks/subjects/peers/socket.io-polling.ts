/** Socket.IO over long polling, never upgraded: a handshake of four requests, then one poll after another. */
import { createAnswerReader } from '../../../lab/client/load/http-answers.ts'
import { getRequest, postRequest } from '../../../lab/client/load/requests.ts'
import { CONNECT, PING, PONG, pathOf, serveSocketIo } from '../socket-io.ts'
import type { Subject } from '../subject.ts'

/** Between packets in one answer. */
const SEPARATOR = '\x1e'

const socketIo: Subject = {
  name: 'socket.io-polling',
  title: 'Socket.IO over polling',
  kind: 'peer',
  resumes: false,
  asks: [],
  roomPath: '',
  serve: () => serveSocketIo('polling'),

  read(talk) {
    let path = ''
    let state: 'opening' | 'joining' | 'polling' = 'opening'
    let isReady = false
    const poll = () => talk.ask(getRequest(talk, path))
    const say = (words: string) => talk.ask(postRequest(talk, path, 'text/plain;charset=UTF-8', words))

    const answers = createAnswerReader(({ status, body }) => {
      if (status !== 200) return talk.fail(`Socket.IO answered ${status}`)
      if (state === 'opening') {
        const sid = /"sid":"([^"]+)"/.exec(body.toString('latin1'))?.[1]
        if (!sid) return talk.fail('Socket.IO gave no session id')
        path = `${pathOf('polling', talk.since)}&sid=${sid}`
        state = 'joining'
        say(CONNECT)
      } else if (state === 'joining') {
        state = 'polling' // what was said has been taken: go on listening
        poll()
      } else if (body.length === 1 && body[0] === PING.charCodeAt(0)) {
        state = 'joining'
        say(PONG)
      } else {
        // The answer to CONNECT may share its body with a first message.
        const isAnswer = !isReady && body.toString('latin1').split(SEPARATOR)[0]?.startsWith(CONNECT)
        poll()
        if (!isAnswer) return
        isReady = true
        talk.ready()
      }
    }, talk.fail)

    return {
      begin() {
        answers.reset()
        state = 'opening'
        talk.ask(getRequest(talk, pathOf('polling', talk.since)))
      },
      take: answers.take,
    }
  },
}

export default socketIo
