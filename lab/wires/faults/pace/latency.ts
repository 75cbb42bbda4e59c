/** Latency: each byte arrives later, and as many arrive in a second as before. */
import type { Clock } from '../../../wire/clock.ts'
import { bothWays, type Fault, type FaultRun } from '../fault.ts'
import { createQueue } from './queue.ts'

export const latency: Fault = {
  about: {
    name: 'latency',
    title: 'Latency',
    models:
      'A server far away, or a satellite: each byte takes longer, and more or less long from piece to piece.',
    report: 'https://github.com/Karanjot786/TermUI/issues/2748',
    settings: [
      { name: 'ms', label: 'Each way', unit: 'ms', min: 0, max: 30_000, usual: 300 },
      { name: 'jitterMs', label: 'Jitter ±', unit: 'ms', min: 0, max: 10_000, usual: 50 },
    ],
    scope: 'wire',
    isOnce: false,
  },
  begin({ ms = 0, jitterMs = 0 }, { clock, random }) {
    return createLatency(() => Math.max(0, ms + (2 * random() - 1) * jitterMs), clock)
  },
}

/** @param drawMs how long a piece is on its way, drawn for each; none overtakes another, as in TCP */
export const createLatency = (drawMs: () => number, clock: Clock): FaultRun => ({
  touch: bothWays((next) => createQueue(next, { clock, dueAt: () => clock.now() + drawMs() })),
})
