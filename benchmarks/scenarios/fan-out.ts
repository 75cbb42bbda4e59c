/**
 * Fan-out: one message to many, and what each delivery costs the server.
 *
 * Measured: the server's own CPU time (user and system) from before the first message until all have
 * arrived, divided by the deliveries, at growing numbers of subscribers; once with messages one by
 * one, and once sixteen in a turn, where a transport that writes once per wake-up pulls ahead.
 * And with loads offered that may be more than can be carried: how much arrives, how late.
 *
 * The rate is the same for all and open: a slow subject is not offered less for being slow.
 *
 * Not measured: memory of what waits in the kernel; the network, since this is loopback.
 */
import { percentileUs } from '../measure/histogram.ts'
import type { Listening, Window } from '../processes/listening.ts'
import type { Settings } from '../settings.ts'
import { type Recorder, type Scenario, waitS } from './scenario.ts'

const BURST = 16
/** A burst is cheaper, so more is offered, or there would be nothing to measure. */
const BURST_RATE = 4
/** Fewer wake-ups than this, and one late timer decides. Each wake-up of a burst is sixteen messages. */
const FEWEST_WAKES = { one: 6, burst: 3 }
/** Loads are offered to so many, so that they can be compared from machine to machine. */
const OFFERED_TO = 1_000
/** How long a load is offered. What could not be carried is then waited for: it has piled up in the server. */
const OFFERED_S = 1
/** The last message, too, has some time to arrive before it counts as not carried. */
const GRACE_MS = 50

const fanOut: Scenario<'fan-out'> = {
  name: 'fan-out',
  applies: () => true,
  together: false,
  repetitions: ({ repeat }) => repeat,
  seconds(settings, subject) {
    const { subscribers, seconds, offered } = settings.fanOut
    const windowS = seconds + waitS(settings, subject)
    const gatherS = (count: number) => 0.15 + count / 3_000
    const each = subscribers.map((count) => gatherS(count) + burstsOf(settings, count).length * windowS)
    return each.reduce((sum, one) => sum + one, 0) + offered.length * 4
  },

  async measure(bench, settings, record) {
    const { subscribers, deliveriesPerSecond, seconds, offered } = settings.fanOut
    const most = Math.max(...subscribers)
    for (const count of subscribers) {
      const audience = await bench.gather(count)
      for (const burst of burstsOf(settings, count)) {
        const rate = deliveriesPerSecond * (burst === 1 ? 1 : BURST_RATE)
        const heard = await hear(audience, rate / count, seconds, burst)
        report(record, { subscribers: count, burst }, heard)
      }
      await audience.close()
    }
    for (const rate of offered) {
      const count = Math.min(OFFERED_TO, most)
      const audience = await bench.gather(count)
      const heard = await hear(audience, rate / count, OFFERED_S, 1)
      const at = { subscribers: count, offered: rate }
      report(record, at, heard)
      record.figure('carried', at, (100 * heard.inTime) / heard.expected)
      await audience.close()
    }
  },
}

function burstsOf({ fanOut: { burstsAt, subscribers } }: Settings, count: number): readonly number[] {
  const has = burstsAt === 'all' || (burstsAt === 'most' && count === Math.max(...subscribers))
  return has ? [1, BURST] : [1]
}

function hear(audience: Listening, perSecond: number, seconds: number, burst: number): Promise<Window> {
  const fewest = burst === 1 ? FEWEST_WAKES.one : FEWEST_WAKES.burst
  const wakes = Math.max(fewest, Math.ceil((perSecond * seconds) / burst))
  const inTimeMs = seconds * 1_000 + GRACE_MS
  return audience.hear({ messages: wakes * burst, perSecond, burst, inTimeMs })
}

function report(record: Recorder<'fan-out'>, at: Readonly<Record<string, number>>, heard: Window): void {
  record.figure('cpu-per-delivery', at, heard.cpuUs / heard.received)
  record.figure('deliveries-per-second', at, heard.received / heard.seconds)
  record.figure('p50', at, percentileUs(heard.latencies, 50) / 1e3)
  record.figure('p99', at, percentileUs(heard.latencies, 99) / 1e3)
  record.figure('delivered', at, (100 * heard.received) / heard.expected)
  record.figure('load-busy', at, heard.loadBusyPercent)
}

export default fanOut
