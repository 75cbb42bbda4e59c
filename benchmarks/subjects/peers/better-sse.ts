/** better-sse as its documentation broadcasts: a session for each reader, all registered with one channel. */
import { createServer } from 'node:http'
import { createChannel, createSession } from 'better-sse'
import { getRequest } from '../../../lab/client/load/requests.ts'
import { createLastWord } from '../last-word.ts'
import { chatMessage } from '../message.ts'
import { listen, type Subject } from '../subject.ts'

const betterSse: Subject = {
  name: 'better-sse',
  title: 'better-sse',
  kind: 'peer',
  resumes: false,
  asks: [],
  roomPath: '',

  async serve() {
    const last = createLastWord()
    const channel = createChannel()
    const server = createServer(async (request, response) => {
      response.on('error', () => response.destroy())
      const session = await createSession(request, response)
      const word = last.wantedBy(request.url)
      if (word) session.push(JSON.parse(word), 'message')
      channel.register(session)
    })
    return {
      server: await listen(server),
      publish(text, number) {
        const message = chatMessage(text, number)
        last.say(JSON.stringify(message))
        channel.broadcast(message, 'message')
      },
      place: last.place,
    }
  },

  read(talk) {
    return {
      begin() {
        talk.ask(getRequest(talk, `/?since=${talk.since}`, { Accept: 'text/event-stream' }))
      },
      take: () => talk.ready(),
    }
  },
}

export default betterSse
