/** Where other people's clients are tried: a lab with one room, and a line to it that can be cut. */
import { ChatError } from '../../wire/errors.ts'
import { openProxy, type TcpProxy } from '../../wires/proxy.ts'
import { startTestServer } from '../kit/test-server.ts'

export type Trouble = 'lost on the way' | 'not stored' | 'answer lost'

export interface ClientBench {
  /** Of the line, in front of the server. */
  readonly url: string
  readonly line: TcpProxy
  /** The protocols to which clients have offered to change. */
  readonly offers: readonly (string | undefined)[]
  say(text: string): void
  /** What happens to the next drafts, one after the other; the same draft again, if the client knows its trade. */
  bring(troubles: readonly Trouble[]): void
  /** All that was said, as `author: text`. */
  log(): string[]
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** @param heartbeatMs how often a stream gives a sign of life; as in the shipped server unless given */
export async function openClientBench(heartbeatMs?: number): Promise<ClientBench> {
  const offers: (string | undefined)[] = []
  const server = await startTestServer({ heartbeatMs }, async (app) => {
    app.server.on('upgrade', ({ headers }) => offers.push(headers.upgrade))
  })
  let isUp = true
  const room = server.hub.room('kitchen')
  const publish = room.publish.bind(room)
  let said = 0
  const line = await openProxy(() => (isUp ? server.port : null))
  const bench: ClientBench = {
    url: `http://127.0.0.1:${line.port}`,
    line,
    offers,
    say: (text) => void publish({ draftId: `host-${said++}`, author: 'host', text }),
    bring(troubles) {
      const left = [...troubles]
      room.publish = (draft) => {
        const trouble = left.shift()
        if (trouble === 'not stored') throw new ChatError('not-stored', 'the disk is full')
        if (trouble === 'lost on the way') line.cut()
        if (trouble === 'lost on the way') throw new ChatError('internal', 'the line was cut')
        const message = publish(draft)
        if (trouble === 'answer lost') line.cut()
        return message
      }
    },
    log: () => room.read(null).messages.map(({ author, text }) => `${author}: ${text}`),
    async stop() {
      isUp = false
      await server.stop()
    },
    async start() {
      await server.start()
      isUp = true
    },
    async close() {
      await line.close()
      await bench.stop()
    },
  }
  return bench
}
