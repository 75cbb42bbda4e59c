/** A lab with one room, and a line to it that can be cut. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { openProxy, type TcpProxy } from '../conformance/proxy.ts'
import { Hub } from '../hub/hub.ts'
import { buildLab } from '../server/build-lab.ts'
import { ChatError } from '../wire/errors.ts'

export type Trouble = 'lost on the way' | 'not stored' | 'answer lost'

export interface Stage {
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
export async function openStage(heartbeatMs?: number): Promise<Stage> {
  const hub = new Hub()
  const offers: (string | undefined)[] = []
  let app: FastifyInstance | null = null
  const room = hub.room('kitchen')
  const publish = room.publish.bind(room)
  let said = 0
  const line = await openProxy(() => (app ? (app.server.address() as AddressInfo).port : null))
  const stage: Stage = {
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
        if (trouble === 'lost on the way') throw new ChatError('internal', 'nobody is there to hear this')
        const message = publish(draft)
        if (trouble === 'answer lost') line.cut()
        return message
      }
    },
    log: () =>
      hub
        .room('kitchen')
        .read(null)
        .messages.map(({ author, text }) => `${author}: ${text}`),
    async stop() {
      const closing = app
      app = null
      await closing?.close()
    },
    async start() {
      const starting = await buildLab({ hub, heartbeatMs })
      starting.server.on('upgrade', ({ headers }) => offers.push(headers.upgrade))
      await starting.listen({ port: 0, host: '127.0.0.1' })
      app = starting
    },
    async close() {
      await line.close()
      await stage.stop()
    },
  }
  await stage.start()
  return stage
}
