/** nchan over long polling: one message in each answer, and the next cursor in its headers. */
import { createAnswerReader } from '../../../lab/client/load/http-answers.ts'
import { getRequest } from '../../../lab/client/load/requests.ts'
import { absent, serveNchan, versions } from '../nchan.ts'
import type { Subject } from '../subject.ts'

const nchan: Subject = {
  name: 'nchan-long-polling',
  title: 'nginx with nchan, long polling',
  kind: 'peer',
  resumes: false,
  asks: [],
  roomPath: '',
  absent,
  versions,
  serve: () => serveNchan('longpoll'),

  read(talk) {
    let { since } = talk
    const poll = () => talk.ask(getRequest(talk, `/subscribe?since=${since}`))
    const answers = createAnswerReader(({ status, head }) => {
      const at = /\r\nlast-modified: *([^\r]+)/i.exec(head)?.[1]
      const tag = /\r\netag: *([^\r]+)/i.exec(head)?.[1]
      if (status !== 200 || !at || !tag) return talk.fail(`nchan answered a poll with ${status}`)
      since = `${Date.parse(at) / 1e3}:${tag}`
      poll()
    }, talk.fail)

    return {
      begin() {
        answers.reset()
        poll()
        talk.ready() // a poll that is kept is not answered; whatever comes after the cursor will be
      },
      take: answers.take,
    }
  },
}

export default nchan
