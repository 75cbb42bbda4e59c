import { expect, test } from 'vitest'
import { createManualClock } from '../../../lab/verify/kit/manual-clock.ts'
import { createStopwatch } from '../figures/stopwatch.ts'
import { createMotion, MOVES_FOR_MS, type MotionState } from './motion.ts'

function fixture(answer = async () => new Response('{}', { status: 201 })) {
  const clock = createManualClock()
  const posts: string[] = []
  const states: MotionState[] = []
  const motion = createMotion({
    platform: {
      fetch: (url) => {
        posts.push(String(url))
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
    stopwatch: createStopwatch(() => 0),
    url: () => new URL('http://lab/rooms/_mine/messages'),
    onChange: () => states.push(motion.state),
  })
  return { motion, clock, posts, states }
}

test('what moves is one message a second, in the room that it is given, and ends after a minute', async () => {
  const { motion, clock, posts, states } = fixture()
  motion.start()
  motion.start()
  await clock.pass(MOVES_FOR_MS + 30_000)
  expect(posts.length).toBeGreaterThanOrEqual(60)
  expect(posts.length).toBeLessThanOrEqual(61)
  expect(new Set(posts)).toEqual(new Set(['http://lab/rooms/_mine/messages']))
  expect(states).toEqual([{ kind: 'moving' }, { kind: 'stopped', why: 'time' }])
})

test.each(['reader', 'hidden'] as const)(
  'it stops at once when told so by “%s”, and can be started again for a minute more',
  async (why) => {
    const { motion, clock, posts } = fixture()
    motion.stop(why)
    expect(motion.state, 'nothing has moved that could stop').toEqual({ kind: 'waiting' })
    motion.start()
    await clock.pass(2_500)
    motion.stop(why)
    motion.stop('time')
    expect(motion.state).toEqual({ kind: 'stopped', why })
    await clock.pass(MOVES_FOR_MS)
    expect(posts).toHaveLength(3)
    motion.start()
    await clock.pass(MOVES_FOR_MS - 500)
    expect(motion.state).toEqual({ kind: 'moving' })
    await clock.pass(1_000)
    expect(motion.state).toEqual({ kind: 'stopped', why: 'time' })
  },
)

test('a wish for less motion keeps it from starting, and does not end what the reader has started', () => {
  const { motion } = fixture()
  motion.stop('less motion')
  expect(motion.state).toEqual({ kind: 'stopped', why: 'less motion' })
  motion.start()
  expect(motion.state).toEqual({ kind: 'moving' })
})

test('a server that takes no message ends it, since each further one would be refused too', async () => {
  const { motion, clock, posts } = fixture(
    async () => new Response('{"code":"too-many-requests","message":"no"}', { status: 429 }),
  )
  motion.start()
  await clock.pass(5_000)
  expect(motion.state).toEqual({ kind: 'stopped', why: 'refused' })
  expect(posts).toHaveLength(1)
})
