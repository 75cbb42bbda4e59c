/** A slow reader: the client takes little or nothing of what the server sends, and does not go away. */
import type { Clock } from '../../../wire/clock.ts'
import type { Filter, Next } from '../../flow.ts'
import type { Fault } from '../fault.ts'
import { createLimit } from './bandwidth.ts'
import { createHold } from './hold.ts'

/** What is still taken on the way before the server is not read any more, in bytes. */
const WINDOW_BYTES = 4 * 1024

export const slowReader: Fault = {
  about: {
    name: 'slow-reader',
    title: 'Slow reader',
    models:
      'A phone that is busy or frozen: the server goes on sending, and the buffers on the way fill up back to it.',
    report: 'https://github.com/openclaw/openclaw/issues/127368',
    settings: [{ name: 'bytesPerSecond', label: 'Taken', unit: 'bytes/s', min: 0, max: 1_000_000, usual: 0 }],
    scope: 'wire',
    isOnce: false,
  },
  begin({ bytesPerSecond = 0 }, { clock }) {
    return { touch: ({ toClient }) => toClient.add((next) => createReader(next, bytesPerSecond, clock)) }
  },
}

function createReader(next: Next, bytesPerSecond: number, clock: Clock): Filter {
  const filter = bytesPerSecond > 0 ? createLimit(next, bytesPerSecond, clock) : createHold(next)
  return { ...filter, windowBytes: WINDOW_BYTES }
}
