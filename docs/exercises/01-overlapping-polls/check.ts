import { exercise, nextTurn, same, Unmet, wanted } from '../runner/check.ts'
import type { World } from './starter.ts'

type Work = typeof import('./solution.ts')

/** More than any check asks for. */
const MANY = 20

/** What a poll fails with; anything else that is thrown is the learner's own. */
const AWAY = new Error('the network is away')

/** A network whose answers take some turns of the event loop, and a book of what happened. */
async function watch(
  { pollForever }: Work,
  options: { slowness: number; failing?: boolean; abortIn: 'poll' | 'pause' },
) {
  const stop = new AbortController()
  const seen = {
    polls: 0,
    atOnce: 0,
    mostAtOnce: 0,
    pauses: [] as number[],
    pausedDuringPoll: 0,
    afterAbort: 0,
  }
  let giveUp: (error: Unmet) => void = () => {}
  const gaveUp = new Promise<never>((_, reject) => (giveUp = reject))
  gaveUp.catch(() => {}) // the race may be over by then
  const world: World = {
    async poll() {
      if (stop.signal.aborted && ++seen.afterAbort > MANY) return neverStops()
      if (++seen.polls > MANY) stop.abort() // or a loop that never pauses would never end
      seen.mostAtOnce = Math.max(seen.mostAtOnce, ++seen.atOnce)
      for (let turn = 0; turn < options.slowness; turn++) await nextTurn()
      seen.atOnce--
      if (seen.polls >= 5 && options.abortIn === 'poll') stop.abort()
      if (options.failing) throw AWAY
    },
    async pause(ms) {
      seen.pauses.push(ms)
      if (seen.atOnce > 0) seen.pausedDuringPoll++
      if (seen.pauses.length >= 5 && options.abortIn === 'pause') stop.abort()
      if (seen.pauses.length > MANY) stop.abort()
      if (seen.pauses.length > 3 * MANY) return neverStops()
      await nextTurn()
    },
  }
  /** Work that polls on and on is left without an answer, or this check would never end either. */
  function neverStops(): Promise<never> {
    giveUp(
      new Unmet('the signal had aborted, and it went on all the same\n  Look at `signal.aborted` each time.'),
    )
    return new Promise(() => {})
  }
  const ignore = (error: unknown) => {
    if (error !== AWAY) throw error
  }
  process.on('unhandledRejection', ignore) // a poll that the work does not await: told below, in our words
  try {
    await Promise.race([pollForever(world, 1_000, stop.signal), gaveUp])
    return { ...seen, threw: false, endedEarly: !stop.signal.aborted }
  } catch (error) {
    if (error !== AWAY) throw error
    return { ...seen, threw: true, endedEarly: false }
  } finally {
    for (let turn = 0; turn <= options.slowness; turn++) await nextTurn()
    process.off('unhandledRejection', ignore)
  }
}

export default exercise<Work>(
  ['pollForever'],
  [
    {
      name: 'asks again and again, with the pause that was agreed',
      async run(work) {
        const { polls, pauses, endedEarly } = await watch(work, { slowness: 0, abortIn: 'pause' })
        wanted(
          !endedEarly,
          `pollForever came to its end after ${polls} polls, though its signal had not aborted`,
          'It lasts as long as the polling does: a loop that awaits. A setInterval goes on behind its back.',
        )
        wanted(polls >= 4, `there were ${polls} polls in five intervals`)
        same('the pause', pauses[0], 1_000)
      },
    },
    {
      name: 'has one poll on its way at a time, however slow the answers are',
      async run(work) {
        const { mostAtOnce, pausedDuringPoll } = await watch(work, { slowness: 3, abortIn: 'pause' })
        wanted(
          mostAtOnce === 1,
          `${mostAtOnce} polls were on their way at once`,
          'Wait for the answer before you ask again.',
        )
        wanted(
          pausedDuringPoll === 0,
          'the pause began before the answer was there',
          'First the answer, then the pause, then the next question.',
        )
      },
    },
    {
      name: 'goes on after a poll that failed',
      async run(work) {
        const { polls, pauses, threw } = await watch(work, { slowness: 1, failing: true, abortIn: 'pause' })
        wanted(
          !threw && polls >= 5,
          `a poll failed, and it never asked again (${polls === 1 ? 'one poll' : `${polls} polls`} in all)`,
          'A rejected poll throws where you await it.',
        )
        wanted(
          pauses.length >= 5,
          'after a failure it asks again without a pause: that hammers a server that is in trouble',
        )
      },
    },
    {
      name: 'stops when it is told to',
      async run(work) {
        const { afterAbort, pauses, polls } = await watch(work, { slowness: 1, abortIn: 'poll' })
        same('polls after the end', afterAbort, 0)
        same('polls', polls, 5)
        wanted(
          pauses.length === 4,
          'the signal aborted during a poll, and after that it paused once more',
          'There is nothing left to pause for.',
        )
      },
    },
  ],
)
