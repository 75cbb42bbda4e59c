import { exercise, same, wanted } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

const numbered = (from: number, count: number) => Array.from({ length: count }, (_, i) => `line ${from + i}`)

/** A sink that takes `room` lines and then wants to be drained. */
function slowSink(room: number) {
  const written: string[] = []
  let listeners: (() => void)[] = []
  let held = 0
  let writtenWhileFull = 0
  return {
    written,
    get writtenWhileFull() {
      return writtenWhileFull
    },
    get listeners() {
      return listeners.length
    },
    write(line: string): boolean {
      if (held >= room) writtenWhileFull++
      written.push(line)
      return ++held < room
    },
    once(_event: 'drain', listener: () => void): void {
      listeners.push(listener)
    },
    drain(): void {
      held = 0
      const ringing = listeners
      listeners = []
      for (const listener of ringing) listener()
    },
  }
}

export default exercise<Work>(
  ['follow'],
  [
    {
      name: 'a quick reader gets each line once, in order',
      run({ follow }) {
        const log = numbered(1, 3)
        const sink = slowSink(Number.POSITIVE_INFINITY)
        const { wake } = follow(log, sink)
        wake()
        wake()
        log.push(...numbered(4, 2))
        wake()
        same(
          'what was written',
          sink.written,
          numbered(1, 5),
          'wake() writes what has come since the last time.',
        )
      },
    },
    {
      name: 'nothing is written to a reader that takes no more',
      run({ follow }) {
        const log = numbered(1, 10)
        const sink = slowSink(3)
        const { wake } = follow(log, sink)
        wake()
        same(
          'lines written after write() had said false',
          sink.writtenWhileFull,
          0,
          'Stop when write() returns false.',
        )
        log.push(...numbered(11, 5))
        wake()
        same(
          'lines written by a wake() while the reader was full',
          sink.writtenWhileFull,
          0,
          'Remember that it is stalled.',
        )
        same(
          'lines written in all',
          sink.written.length,
          3,
          'Write as long as write() returns true; the one that gets the false is taken, too.',
        )
      },
    },
    {
      name: 'after drain it goes on where it was',
      run({ follow }) {
        const log = numbered(1, 8)
        const sink = slowSink(3)
        follow(log, sink).wake()
        sink.drain()
        same(
          'lines after the first drain',
          sink.written.length,
          6,
          'On drain, go on from the place where it stalled.',
        )
        log.push(...numbered(9, 1))
        sink.drain()
        same(
          'what was written in the end',
          sink.written,
          numbered(1, 9),
          new Set(sink.written).size < sink.written.length
            ? 'The line that gets the false has been taken: it is not written again.'
            : 'Each stall wants a listener of its own: `once` hears one drain.',
        )
        same('lines written while it was full', sink.writtenWhileFull, 0)
      },
    },
    {
      name: 'it listens for drain once, however often it is woken',
      run({ follow }) {
        const sink = slowSink(1)
        const { wake } = follow(numbered(1, 100), sink)
        for (let i = 0; i < 50; i++) wake()
        wanted(
          sink.listeners === 1,
          `${sink.listeners} listeners wait for one drain`,
          'Listen when it stalls, not when it is woken.',
        )
      },
    },
  ],
)
