import { exercise, same, wanted } from '../runner/check.ts'
import { createStillTime } from '../runner/still-time.ts'
import type { Page } from './solution.ts'

type Work = typeof import('./solution.ts')

interface Line {
  readonly cursor: string
  readonly at: number
  isOpen: boolean
  page(...messages: string[]): void
  end(): void
}

/** A server with a log, a network that does as it is told, and a time that stands still until `pass`. */
function day({ survive }: Work, random: () => number = () => 0.5) {
  const lines: Line[] = []
  const shown: string[] = []
  const time = createStillTime()
  const wakers: (() => void)[] = []
  let said = 0
  survive(
    {
      connect(cursor: string, onPage: (page: Page) => void, onEnd: () => void) {
        const line: Line = {
          cursor,
          at: time.now,
          isOpen: true,
          page(...messages) {
            said += messages.length
            onPage({ messages, cursor: `log:${said}` })
          },
          end: onEnd,
        }
        lines.push(line)
        wanted(lines.length < 500, 'it has connected 500 times', 'Wait before you try again: `world.after`.')
        return {
          close() {
            line.isOpen = false
          },
        }
      },
      after: time.after,
      random,
      onWake: (action: () => void) => void wakers.push(action),
    },
    (text: string) => void shown.push(text),
  )
  return {
    lines,
    shown,
    get last() {
      return lines.at(-1)!
    },
    get openNow() {
      return lines.filter(({ isOpen }) => isOpen).length
    },
    wake: () => {
      for (const waker of wakers) waker()
    },
    pass: time.pass,
  }
}

export default exercise<Work>(
  ['survive'],
  [
    {
      name: 'after a cut it comes back, from where it was',
      run(work) {
        const seen = day(work)
        seen.last.page('one', 'two')
        seen.last.end()
        seen.pass(1_000)
        same('lines that were opened', seen.lines.length, 2)
        same(
          'the cursor of the second',
          seen.last.cursor,
          'log:2',
          'A page brings the cursor behind it: keep it.',
        )
        seen.last.page('three')
        same('shown', seen.shown, ['one', 'two', 'three'])
      },
    },
    {
      name: 'a line that falls silent is closed, and another is opened',
      run(work) {
        const quiet = day(work)
        quiet.pass(work.SILENCE_MS + 1_000)
        wanted(
          quiet.lines.length === 2,
          `the first line brought nothing in ${work.SILENCE_MS + 1_000} ms, and ${quiet.lines.length - 1} more were opened`,
          'Set the alarm when a line is opened: one that never says anything is dead too.',
        )
        const seen = day(work)
        seen.pass(work.SILENCE_MS - 1_000)
        seen.last.page('late, and there')
        seen.pass(work.SILENCE_MS - 1_000)
        same('lines, while something came in time', seen.lines.length, 1, 'Each page is a sign of life.')
        seen.pass(2_000)
        wanted(
          seen.lines.length === 2,
          `after ${work.SILENCE_MS} ms of silence the first line still is the only one`,
        )
        wanted(!seen.lines[0]!.isOpen, 'the silent line was left open', 'Its `close` is yours to call.')
      },
    },
    {
      name: 'what still comes by a line that was given up is not shown',
      run(work) {
        const seen = day(work)
        const [old] = seen.lines
        seen.pass(work.SILENCE_MS + 1_000)
        old!.page('from the tunnel')
        same('shown', seen.shown, [], 'The next line brings it too, and then it would stand there twice.')
        old!.end()
        seen.pass(60_000)
        same('lines open', seen.openNow, 1, 'The end of an old line is no reason to open one more.')
      },
    },
    {
      name: 'it waits longer after each failure, and by chance',
      run(work) {
        for (const [chance, waits] of [
          [0.5, [250, 500, 1_000, 2_000, 4_000, 7_500, 7_500]],
          [0.1, [50, 100, 200, 400, 800, 1_500, 1_500]],
        ] as const) {
          const seen = day(work, () => chance)
          const actual: number[] = []
          for (const _ of waits) {
            const before = seen.lines.length
            seen.last.end()
            let waited = 0
            for (; seen.lines.length === before && waited < 20_000; waited += 50) seen.pass(50)
            actual.push(waited)
          }
          same(
            `waits in ms, when random() is ${chance}`,
            actual,
            waits,
            'random() × the smaller of CAP_MS and BASE_MS × 2ⁿ.',
          )
        }
      },
    },
    {
      name: 'failures are counted from 0 again only when something has come',
      run(work) {
        const seen = day(work)
        for (let n = 0; n < 5; n++) {
          seen.last.end()
          seen.pass(15_000)
        }
        const before = seen.lines.length
        seen.last.end()
        seen.pass(1_000)
        same('lines opened in the second after a line that brought nothing', seen.lines.length - before, 0)
        seen.pass(15_000)
        seen.last.page('back')
        seen.last.end()
        seen.pass(260)
        same('lines opened 260 ms after one that brought a page', seen.lines.length - before, 2)
      },
    },
    {
      name: 'on waking it tries at once, and once',
      run(work) {
        const seen = day(work)
        seen.last.page('one')
        seen.wake()
        same(
          'lines, when it woke with one open',
          seen.lines.length,
          1,
          'A line that lives needs no other beside it.',
        )
        for (let n = 0; n < 4; n++) {
          seen.last.end()
          if (n < 3) seen.pass(15_000)
        }
        const before = seen.lines.length
        seen.wake()
        same('lines opened at once, when it woke while it waited', seen.lines.length - before, 1)
        seen.last.page('two')
        seen.pass(30_000)
        same(
          'lines open half a minute later',
          seen.openNow,
          1,
          'The try that it had waited for must be taken back.',
        )
      },
    },
    {
      name: 'a whole bad day: a tunnel, a restart, a night, and each message once',
      run(work) {
        const seen = day(work)
        seen.last.page('breakfast')
        seen.pass(work.SILENCE_MS + 1_000) // a tunnel
        seen.last.page('train')
        for (let n = 0; n < 6; n++) {
          seen.last.end() // the server restarts, and refuses for a while
          seen.pass(8_000)
        }
        seen.last.page('noon')
        seen.pass(work.SILENCE_MS * 100) // the lid is closed for a night
        seen.wake()
        seen.pass(8_000)
        seen.last.page('morning')
        same('shown', seen.shown, ['breakfast', 'train', 'noon', 'morning'])
        same('lines open in the end', seen.openNow, 1)
      },
    },
  ],
)
