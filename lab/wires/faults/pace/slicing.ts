/** Slicing: what was written in one piece arrives in many. TCP is a stream of bytes and knows no messages. */
import type { Filter, Next } from '../../flow.ts'
import { bothWays, type Fault } from '../fault.ts'

export const slicing: Fault = {
  about: {
    name: 'slicing',
    title: 'Slicing',
    models:
      'Tiny segments: a chunk that arrives is no event, no frame and no line, and a decoder that takes it for one breaks.',
    report: 'https://github.com/doctolib/neurow/issues/60',
    settings: [{ name: 'bytes', label: 'At a time', unit: 'bytes', min: 1, max: 65_536, usual: 1 }],
    scope: 'wire',
    isOnce: false,
  },
  begin({ bytes = 1 }) {
    return { touch: bothWays((next) => createSlicer(next, bytes)) }
  },
}

/** One piece in each turn of the event loop, or the kernel would put them together again. */
function createSlicer(next: Next, pieceBytes: number): Filter {
  let waiting: Buffer[] = []
  let hasEnded = false
  let isPlanned = false
  let isReleased = false

  function plan(): void {
    if (isPlanned || isReleased) return
    isPlanned = true
    setImmediate(() => {
      isPlanned = false
      passOne()
      if (waiting.length > 0) plan()
      else if (hasEnded && !isReleased) finish()
    })
  }
  function passOne(): void {
    const [first] = waiting
    if (!first) return
    next.pass(first.subarray(0, pieceBytes))
    if (first.length > pieceBytes) waiting[0] = first.subarray(pieceBytes)
    else waiting.shift()
  }
  function finish(): void {
    isReleased = true
    next.end()
  }

  return {
    take(bytes) {
      waiting.push(bytes)
      plan()
    },
    end() {
      hasEnded = true
      if (waiting.length === 0) finish()
    },
    release() {
      const rest = waiting
      waiting = []
      for (const bytes of rest) next.pass(bytes)
      if (hasEnded && !isReleased) finish()
      isReleased = true
    },
  }
}
