/**
 * Packet loss as TCP shows it: never as missing bytes, but as a pause, and then all at once.
 *
 * A lost packet is sent again when it has not been acknowledged in time, and what came after it waits in the receiver's kernel until
 * the gap is filled. Each further loss of the same packet doubles the wait (RFC 6298 §5.5).
 */
import type { Random } from '../../../wire/random.ts'
import { bothWays, type Fault } from '../fault.ts'
import { createQueue, type QueueOptions } from './queue.ts'

/** What one Ethernet packet holds of TCP, in bytes. */
const PACKET_BYTES = 1_460
/** Losses of the same packet in a row that are still drawn. */
const MOST_IN_A_ROW = 6

export const loss: Fault = {
  about: {
    name: 'loss',
    title: 'Packet loss',
    models:
      'A radio link that loses packets: TCP sends them again, so nothing is missing, but all behind them waits.',
    report: 'https://github.com/rubenlagus/TelegramBots/issues/679',
    settings: [
      { name: 'percent', label: 'Packets lost', unit: '%', min: 0, max: 90, usual: 10 },
      { name: 'retransmitMs', label: 'First resend after', unit: 'ms', min: 20, max: 10_000, usual: 1_000 },
    ],
    scope: 'wire',
    isOnce: false,
  },
  begin({ percent = 0, retransmitMs = 0 }, { clock, random }) {
    const dueAt: QueueOptions['dueAt'] = (_bytes, last) =>
      Math.max(last, clock.now() + waitFor(percent / 100, retransmitMs, random))
    const options = { clock, dueAt, pieceBytes: PACKET_BYTES }
    return { touch: bothWays((next) => createQueue(next, options)) }
  },
}

/** How long a packet is late, in milliseconds: 0 when it was not lost. */
function waitFor(chance: number, firstMs: number, random: Random): number {
  let [waitMs, nextMs] = [0, firstMs]
  for (let losses = 0; losses < MOST_IN_A_ROW && random() < chance; losses++) {
    waitMs += nextMs
    nextMs *= 2
  }
  return waitMs
}
