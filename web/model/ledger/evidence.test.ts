import { expect, it } from 'vitest'
import type { OpenOptions, Transport } from '../../../lab/client/transport.ts'
import { createManualClock } from '../../../lab/verify/kit/manual-clock.ts'
import { ChatError } from '../../../lab/wire/errors.ts'
import type { Cursor, Page } from '../../../lab/wire/message.ts'
import { createEvidence } from './evidence.ts'

const WAITING = {
  status: 'waiting',
  retryInMs: 0,
  upToMs: 0,
  cause: new ChatError('unreachable', 'gone'),
} as const
const page = (...seqs: number[]): Page => ({
  messages: seqs.map((seq) => ({ seq, draftId: `${seq}`, publishedAt: 0, author: 'Ann', text: 'x' })),
  ...{ cursor: 'c' as Cursor, gap: false, more: false },
})

/** A transport of one connection that gives a heartbeat and then these pages. */
const giving = (pages: readonly Page[], sent: unknown[] = []): Transport => ({
  async open({ onActivity }) {
    onActivity(5)
    return {
      send: async (draft) => {
        sent.push(draft)
        return { ...draft, seq: 1, publishedAt: 0 }
      },
      renewPresence: (update) => void sent.push(update),
      async *[Symbol.asyncIterator]() {
        yield* pages
      },
    }
  },
})

it('keeps when the lane broke and came back, whatever it was doing in between', async () => {
  const clock = createManualClock()
  const evidence = createEvidence(clock)
  evidence.onState({ status: 'connecting', attempt: 0 })
  await clock.pass(10)
  evidence.onState({ status: 'open' })
  expect(evidence.signs).toMatchObject({ status: 'open', openedAt: 10, brokeAt: null })
  await clock.pass(10)
  evidence.onState(WAITING)
  evidence.onState({ status: 'connecting', attempt: 1 })
  expect(evidence.signs).toMatchObject({ brokeAt: 20, openedAt: 10 })
  await clock.pass(10)
  evidence.onState(WAITING)
  expect(evidence.signs.brokeAt).toBe(30)
})

it('a lane that a person disconnects has broken too: its reader hears nothing any more', () => {
  const evidence = createEvidence(createManualClock())
  evidence.onState({ status: 'open' })
  evidence.onState({ status: 'idle' })
  expect(evidence.signs).toMatchObject({ status: 'idle', brokeAt: 0 })
})

it('sees each sign of life and each page as it comes, and hands all of it on', async () => {
  const clock = createManualClock()
  const evidence = createEvidence(clock)
  const sent: unknown[] = []
  const told: unknown[] = []
  await clock.pass(7)
  const options = { onActivity: (quietMs?: number) => told.push(quietMs) } as unknown as OpenOptions
  const connection = await evidence.watched(giving([page(1, 2), page(2, 4)], sent)).open(options)
  expect([evidence.signs.heardAt, told]).toEqual([7, [5]])
  await connection.send({ draftId: 'a', author: 'Ann', text: 'x' }, new AbortController().signal)
  connection.renewPresence({ typing: true })
  expect(sent).toHaveLength(2)
  const read: Page[] = []
  for await (const one of connection) read.push(one)
  expect(read).toEqual([page(1, 2), page(2, 4)])
  expect([evidence.tally.delivered.size, evidence.tally.doubled, evidence.signs.newest]).toEqual([3, 1, 4])
})

it('an error of the transport comes through as it is', async () => {
  const broken: Transport = {
    open: async () => ({
      send: () => Promise.reject(new Error('unused')),
      renewPresence: () => {},
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new ChatError('unreachable', 'cut')) }),
    }),
  }
  const connection = await createEvidence(createManualClock())
    .watched(broken)
    .open({} as OpenOptions)
  await expect(connection[Symbol.asyncIterator]().next()).rejects.toThrow('cut')
})

it('a reset forgets what was sent and what came, and not when the lane broke', () => {
  const evidence = createEvidence(createManualClock())
  evidence.onState({ status: 'open' })
  evidence.onState(WAITING)
  evidence.onSent('a')
  evidence.tally.enter(page(1))
  evidence.reset()
  expect([evidence.sent, evidence.tally.delivered.size, evidence.signs.brokeAt]).toEqual([[], 0, 0])
})
