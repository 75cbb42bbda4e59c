/** The head of the first request of a new connection, kept back until it is whole: what must be read to be answered or changed. */
import type { Filter, Next } from '../../flow.ts'

/** What a server takes of a head: longer ones pass as they are, and are refused there. */
const MAX_HEAD_BYTES = 16 * 1024
const END_OF_HEAD = '\r\n\r\n'

/**
 * @param onHead is given the head with its end; returns what takes its place, or null when nothing is to pass, now or
 *   later
 */
export function createFirstHead(next: Next, onHead: (head: string) => string | null): Filter {
  let waiting: Buffer = Buffer.alloc(0)
  let state: 'head' | 'passing' | 'dropping' = 'head'
  let hasEnded = false

  function pass(): void {
    state = 'passing'
    const bytes = waiting
    waiting = Buffer.alloc(0)
    if (bytes.length > 0) next.pass(bytes)
    if (hasEnded) next.end()
  }

  return {
    take(bytes) {
      if (state === 'passing') return next.pass(bytes)
      if (state === 'dropping') return next.drop(bytes)
      waiting = Buffer.concat([waiting, bytes])
      const end = waiting.indexOf(END_OF_HEAD)
      if (end < 0) return waiting.length > MAX_HEAD_BYTES ? pass() : undefined
      const head = waiting.toString('latin1', 0, end + END_OF_HEAD.length)
      const rest = waiting.subarray(end + END_OF_HEAD.length)
      const changed = onHead(head)
      if (changed === null) {
        state = 'dropping'
        next.drop(waiting)
        waiting = Buffer.alloc(0)
        return
      }
      next.replace(waiting.subarray(0, head.length), Buffer.from(changed, 'latin1'))
      waiting = Buffer.from(rest)
      pass()
    },
    end() {
      if (state === 'passing') next.end()
      hasEnded = true
    },
    release() {
      if (state === 'head') pass()
    },
  }
}
