/** Bandwidth: no more than so many bytes in a second, each way and for each connection. */
import type { Clock } from '../../../wire/clock.ts'
import type { Filter, Next } from '../../flow.ts'
import { bothWays, type Fault } from '../fault.ts'
import { createQueue } from './queue.ts'

/** Pieces for each second of the rate, at the least: so that a slow line trickles, and does not come in gushes. */
const PIECES_PER_SECOND = 20
/** Most of one piece, in bytes: what one Ethernet packet holds. */
const MOST_BYTES = 1_460

export const bandwidth: Fault = {
  about: {
    name: 'bandwidth',
    title: 'Little bandwidth',
    models: 'A bad cell or a shared line: so many bytes in a second and no more, each way.',
    report: 'https://github.com/rubenlagus/TelegramBots/issues/679',
    settings: [
      { name: 'bytesPerSecond', label: 'Rate', unit: 'bytes/s', min: 16, max: 100_000_000, usual: 4_000 },
    ],
    scope: 'wire',
    isOnce: false,
  },
  begin({ bytesPerSecond = 1 }, { clock }) {
    return { touch: bothWays((next) => createLimit(next, bytesPerSecond, clock)) }
  },
}

export function createLimit(next: Next, bytesPerSecond: number, clock: Clock): Filter {
  const pieceBytes = Math.max(1, Math.min(MOST_BYTES, Math.floor(bytesPerSecond / PIECES_PER_SECOND)))
  return createQueue(next, {
    ...{ clock, pieceBytes },
    dueAt: ({ length }, last) => Math.max(clock.now(), last) + (length / bytesPerSecond) * 1_000,
  })
}
