import { exercise, nextTurn, same, wanted } from '../runner/check.ts'
import type { Choice, Line, Way } from './starter.ts'

type Work = typeof import('./solution.ts')

/** How a way behaves: it opens, something is in the way, the server says no, or nothing ever comes. */
type Health = 'opens' | 'blocked' | 'refused' | 'hangs'
type Named = Readonly<Record<string, Health>>

/** Turns of the event loop after which whatever could happen has happened. */
const TURNS = 20

/** A world whose time stands still until `pass`, and a book of what was tried. */
function watch({ choose, Refused, LIMIT_MS }: Work, ways: Named, remembered: string | null = null) {
  const tries: string[] = []
  const signals = new Map<string, AbortSignal>()
  const alarms = new Set<{ readonly ms: number; readonly action: () => void }>()
  let openNow = 0
  let mostAtOnce = 0
  const open = async (name: string, signal: AbortSignal): Promise<Line> => {
    tries.push(name)
    signals.set(name, signal)
    mostAtOnce = Math.max(mostAtOnce, ++openNow)
    try {
      await nextTurn()
      if (ways[name] === 'blocked') throw new Error(`${name} is blocked`)
      if (ways[name] === 'refused') throw new Refused('no such room')
      if (ways[name] === 'hangs')
        await new Promise((_resolve, reject) => {
          if (signal.aborted) reject(signal.reason)
          signal.addEventListener('abort', () => reject(signal.reason))
        })
      return { by: name }
    } finally {
      openNow--
    }
  }
  const list = Object.keys(ways).map((name): Way => ({ name, open: (signal) => open(name, signal) }))
  const world = {
    after(ms: number, action: () => void) {
      const alarm = { ms, action }
      alarms.add(alarm)
      return () => void alarms.delete(alarm)
    },
  }
  let outcome: Choice | Error | null = null
  choose(world, list, remembered).then(
    (choice) => (outcome = choice),
    (error) => (outcome = error),
  )
  return {
    tries,
    signals,
    alarms,
    limitMs: LIMIT_MS,
    get mostAtOnce() {
      return mostAtOnce
    },
    /** Lets happen what can without time passing. */
    async settled(): Promise<Choice | Error | null> {
      for (let turn = 0; turn < TURNS; turn++) await nextTurn()
      return outcome
    },
    async pass(): Promise<Choice | Error | null> {
      for (const alarm of [...alarms]) {
        alarms.delete(alarm)
        alarm.action()
      }
      return this.settled()
    },
  }
}

const byOf = (outcome: Choice | Error | null) =>
  outcome instanceof Error ? `an error: ${outcome.message}` : (outcome?.line?.by ?? 'nothing yet')

export default exercise<Work>(
  ['choose', 'Refused'],
  [
    {
      name: 'the best is taken where nothing is in the way, and no other is tried',
      async run(work) {
        const seen = watch(work, { socket: 'opens', stream: 'opens', poll: 'opens' })
        same('chosen', byOf(await seen.settled()), 'socket')
        same('tried', seen.tries, ['socket'])
      },
    },
    {
      name: 'one that is blocked is passed over, and named',
      async run(work) {
        const seen = watch(work, { socket: 'blocked', stream: 'blocked', poll: 'opens' })
        const outcome = await seen.settled()
        same('chosen', byOf(outcome), 'poll', 'What open() rejects with is no reason to stop: try the next.')
        same('tried before', (outcome as Choice).tried, ['socket', 'stream'])
        same('ways that were being opened at once', seen.mostAtOnce, 1)
      },
    },
    {
      name: 'one that hangs is given up when its time is over',
      async run(work) {
        const seen = watch(work, { socket: 'hangs', stream: 'opens', poll: 'opens' })
        same('chosen before the time is over', byOf(await seen.settled()), 'nothing yet')
        const [alarm] = seen.alarms
        wanted(
          alarm !== undefined,
          'the first way never answers, and no time limit was set',
          'Use `world.after`: a test must be able to let the time pass.',
        )
        same('the time limit', alarm.ms, seen.limitMs)
        const outcome = await seen.pass()
        same('chosen after it', byOf(outcome), 'stream')
        same('tried before', (outcome as Choice).tried, ['socket'])
        wanted(
          seen.signals.get('socket')!.aborted,
          'the way that was given up was never told so, and may open later',
          'Each try needs an AbortController of its own; abort it when the time is over.',
        )
        wanted(!seen.signals.get('stream')!.aborted, 'the signal of the chosen way has been aborted, too')
      },
    },
    {
      name: 'no alarm is left behind',
      async run(work) {
        const seen = watch(work, { socket: 'blocked', stream: 'opens', poll: 'opens' })
        await seen.settled()
        same(
          'alarms that are still set',
          seen.alarms.size,
          0,
          'Call what `after` has returned, in `finally`.',
        )
      },
    },
    {
      name: 'the last one has as long as it likes',
      async run(work) {
        const seen = watch(work, { socket: 'blocked', poll: 'hangs' })
        await seen.settled()
        same('alarms while the last way opens', seen.alarms.size, 0, 'After it there is nothing left to try.')
      },
    },
    {
      name: 'what the server refuses is not tried by another way',
      async run(work) {
        const seen = watch(work, { socket: 'blocked', stream: 'refused', poll: 'opens' })
        const outcome = await seen.settled()
        same('tried', seen.tries, ['socket', 'stream'], 'A `Refused` is the answer. Throw it on.')
        wanted(outcome instanceof work.Refused, `it should throw the Refused; it gave ${byOf(outcome)}`)
      },
    },
    {
      name: 'it begins with the one that worked last',
      async run(work) {
        const ways: Named = { socket: 'opens', stream: 'opens', poll: 'opens' }
        const seen = watch(work, ways, 'stream')
        same('chosen', byOf(await seen.settled()), 'stream')
        same('tried', seen.tries, ['stream'])
        const unknown = watch(work, ways, 'pigeon')
        same('chosen when the one that is remembered is not there', byOf(await unknown.settled()), 'socket')
      },
    },
    {
      name: 'when none works, that is said and not hidden',
      async run(work) {
        const seen = watch(work, { socket: 'blocked', poll: 'blocked' })
        const outcome = await seen.settled()
        same('outcome', byOf(outcome), 'an error: poll is blocked')
        same('tried', seen.tries, ['socket', 'poll'])
      },
    },
  ],
)
