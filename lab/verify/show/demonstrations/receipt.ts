/** Written is not received: a server that forgets what it has written, and one that waits for the next request. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openProxy } from '../../../wires/proxy.ts'
import { startTestServer } from '../../kit/test-server.ts'
import type { Demonstration, Side } from '../demonstration.ts'
import { missing, numbersInWords, type Recorder, valuesOf } from '../recording.ts'

interface Answering {
  readonly port: number
  say(text: string): void
  /** Asks for what comes after the answer before. */
  path(cursor: string | null): string
  close(): Promise<void>
}

interface Answer {
  readonly messages: readonly { readonly text: string }[]
  readonly cursor: string
}

/** So many bytes of the first answer come through, less than its head: then the line breaks. */
const BROKEN_AFTER = 40

const side = (name: string, start: () => Promise<Answering>): Side => ({
  name,
  async play({ note }: Recorder) {
    const server = await start()
    const proxy = await openProxy(() => server.port)
    try {
      for (const number of [1, 2]) {
        server.say(String(number))
        note('Ada', `writes number ${number}`, 'written', number)
      }
      let cursor: string | null = null
      proxy.cutAfter('toClient', BROKEN_AFTER)
      for (let tries = 1; tries <= 2; tries++) {
        note('Bob', tries === 1 ? 'asks for news' : 'asks again')
        try {
          const response = await fetch(`http://127.0.0.1:${proxy.port}${server.path(cursor)}`)
          const answer = (await response.json()) as Answer
          cursor = answer.cursor
          for (const { text } of answer.messages) note('Bob', `gets number ${text}`, 'heard', Number(text))
          if (answer.messages.length === 0) note('Bob', 'is told: nothing new')
        } catch {
          note('network', `breaks ${BROKEN_AFTER} bytes into the answer`)
        }
      }
    } finally {
      await proxy.close()
      await server.close()
    }
  },
})

/** Each answer takes the messages out of a queue. */
async function startForgetful(): Promise<Answering> {
  const queue: string[] = []
  const server = createServer((_request, response) => {
    const messages = queue.splice(0).map((text) => ({ text }))
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ messages, cursor: '' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    say: (text) => void queue.push(text),
    path: () => '/messages',
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function startLab(): Promise<Answering> {
  const server = await startTestServer()
  const path = '/transports/long-polling/rooms/tea/messages?wait=0'
  return {
    port: server.port,
    say: (text) => server.say('tea', text),
    path: (cursor) => (cursor === null ? path : `${path}&since=${encodeURIComponent(cursor)}`),
    close: () => server.close(),
  }
}

export const lostAcknowledgement: Demonstration = {
  name: 'lost-acknowledgement',
  script: 'Two messages wait for Bob. The line breaks in the middle of the first answer, and he asks again.',
  defect: { collection: 'show', name: 'written is taken for received' },
  broken: side('a queue: sent is done', startForgetful),
  sound: side('a log: the cursor is the receipt', startLab),
  judge(recording) {
    const lost = missing(valuesOf(recording, 'written'), valuesOf(recording, 'heard'))
    return lost.length > 0
      ? { isBroken: true, words: `sent once, never received, and gone: ${numbersInWords(lost)}` }
      : { isBroken: false, words: 'the second answer has all that the first one lost' }
  },
}
