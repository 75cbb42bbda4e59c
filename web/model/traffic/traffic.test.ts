import { expect, test } from 'vitest'
import { createManualClock, settle } from '../../../lab/verify/kit/manual-clock.ts'
import type { Draft } from '../../../lab/wire/message.ts'
import { createStopwatch } from '../figures/stopwatch.ts'
import { createTraffic } from './traffic.ts'

function fixture(answer: () => Promise<Response> = async () => new Response('{}', { status: 201 })) {
  const clock = createManualClock()
  const stopwatch = createStopwatch(() => 0)
  const posts: { url: string; draft: Draft; credentials: unknown }[] = []
  const traffic = createTraffic({
    platform: {
      fetch: (url, init) => {
        posts.push({
          url: String(url),
          draft: JSON.parse(String(init?.body)) as Draft,
          credentials: init?.credentials,
        })
        return answer()
      },
      WebSocket: class {
        readonly OPEN = 1
        readonly readyState = 1
        send() {}
        close() {}
        addEventListener() {}
      },
      clock,
      random: () => 0,
    },
    stopwatch,
    url: () => new URL('http://lab/rooms/lobby/messages'),
    rate: () => 10,
    bytes: () => 40,
    onChange: () => {},
  })
  return { traffic, clock, stopwatch, posts }
}

test('publishes at its rate, each message timed from when it was meant to be sent', async () => {
  const { traffic, clock, stopwatch, posts } = fixture()
  traffic.start()
  await clock.pass(950)
  traffic.pause()
  await clock.pass(5_000)
  expect(traffic.accepted).toBe(10)
  expect(posts.map(({ draft }) => stopwatch.startOf(draft.draftId))).toEqual(
    Array.from({ length: 10 }, (_, index) => expect.closeTo(index * 100, 6)),
  )
  expect(posts[0]).toMatchObject({ url: 'http://lab/rooms/lobby/messages', draft: { author: 'traffic' } })
  expect(posts[9]!.draft.text).toMatch(/^#10 /)
  expect(new Set(posts.map(({ draft }) => draft.draftId)).size).toBe(10)
})

test('does not wait for answers: the loop is open', async () => {
  const { traffic, clock, posts } = fixture(() => new Promise(() => {}))
  traffic.start()
  await clock.pass(1_000)
  expect(posts).toHaveLength(11)
})

test('leaves out what would pile up, and counts it', async () => {
  const { traffic, clock, posts } = fixture(() => new Promise(() => {}))
  traffic.start()
  await clock.pass(30_000)
  expect(posts).toHaveLength(200)
  expect(traffic.skipped).toBe(101)
})

test('counts what fails, and goes on', async () => {
  const answers = [
    () => Promise.reject(new TypeError('no network')),
    async () => new Response('', { status: 503 }),
    async () => new Response('{}', { status: 201 }),
  ]
  const { traffic } = fixture(() => answers.shift()!())
  for (let i = 0; i < 3; i++) traffic.step()
  await settle()
  expect([traffic.failed, traffic.accepted]).toEqual([2, 1])
})

test('is unsigned, also when a person has signed in, and stops where nothing unsigned is taken', async () => {
  const refusal = '{"code":"not-signed-in","message":"sign in first"}'
  const { traffic, clock, posts } = fixture(async () => new Response(refusal, { status: 401 }))
  traffic.start()
  await clock.pass(5_000)
  expect(posts.map(({ credentials }) => credentials)).toEqual(['omit'])
  expect([traffic.running, traffic.isUnwanted, traffic.failed]).toEqual([false, true, 1])
  traffic.start() // the reader tries again
  expect([traffic.running, traffic.isUnwanted]).toEqual([true, false])
})

test('a reset begins a new count, from #1; what was on its way belongs to the old one', async () => {
  let answer = (_: Response) => {}
  const { traffic, posts } = fixture(() => new Promise((resolve) => (answer = resolve)))
  traffic.step()
  traffic.reset()
  answer(new Response('{}', { status: 201 }))
  await settle()
  expect(traffic.accepted).toBe(0)
  traffic.step()
  expect(posts.at(-1)!.draft.text).toMatch(/^#1 /)
})
