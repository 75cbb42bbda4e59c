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
 * The first messages to new sockets cost more than all later ones (a sixth, on two cores), so a few go before what
 * counts. Where the time is enough for several windows, the CPU is the median of theirs: one garbage collection
 * then does not decide a round.
 *
 * Not measured: memory of what waits in the kernel; the network, since this is loopback.
 */
import { mergeHistograms, percentileUs } from '../measure/histogram.ts'
import { median } from '../measure/statistics.ts'
import type { Listening, Window } from '../processes/listening.ts'
import type { Settings } from '../settings.ts'
import { type Recorder, type Scenario, waitS } from './scenario.ts'

const BURST = 16
/** A burst is cheaper, so more is offered, or there would be nothing to measure. */
const BURST_RATE = 4
/** Fewer wake-ups than this, and one late timer decides. Each wake-up of a burst is sixteen messages. */
const FEWEST_WAKES = { one: 6, burst: 3 }
/** Wake-ups before what counts. More of them changed nothing that could be seen. */
const FIRST_WAKES = 3
/** An odd number: the median is one of the windows. */
const MOST_WINDOWS = 3
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
    const { subscribers, seconds, deliveriesPerSecond, offered } = settings.fanOut
    const wait = waitS(settings, subject)
    const firstS = (count: number) => (wait > 0 ? 0 : (FIRST_WAKES * count) / deliveriesPerSecond)
    const windowsS = (count: number) => seconds + wait + firstS(count)
    const gatherS = (count: number) => 0.15 + count / 3_000
    const each = subscribers.map(
      (count) => gatherS(count) + burstsOf(settings, count).length * windowsS(count),
    )
    return each.reduce((sum, one) => sum + one, 0) + offered.length * 4
  },

  async measure(bench, settings, record) {
    const { subscribers, deliveriesPerSecond, seconds, offered } = settings.fanOut
    const most = Math.max(...subscribers)
    for (const count of subscribers) {
      const audience = await bench.gather(count)
      for (const burst of burstsOf(settings, count)) {
        const perSecond = (deliveriesPerSecond * (burst === 1 ? 1 : BURST_RATE)) / count
        // A reader that asks by a clock would be waited for, an interval long, and has no first wake-up to spare.
        if (waitS(settings, bench.subject) === 0)
          await audience.hear({ messages: FIRST_WAKES * burst, perSecond, burst })
        report(record, { subscribers: count, burst }, await hear(audience, perSecond, seconds, burst))
      }
      await audience.close()
    }
    for (const rate of offered) {
      const count = Math.min(OFFERED_TO, most)
      const audience = await bench.gather(count)
      // One window: what could not be carried piles up, and a pause would let it go.
      const perSecond = rate / count
      const messages = Math.ceil(perSecond * OFFERED_S)
      const inTimeMs = OFFERED_S * 1_000 + GRACE_MS
      const heard = await audience.hear({ messages, perSecond, burst: 1, inTimeMs })
      const at = { subscribers: count, offered: rate }
      report(record, at, [heard])
      record.figure('carried', at, (100 * heard.inTime) / heard.expected)
      await audience.close()
    }
  },
}

function burstsOf({ fanOut: { burstsAt, subscribers } }: Settings, count: number): readonly number[] {
  const has = burstsAt === 'all' || (burstsAt === 'most' && count === Math.max(...subscribers))
  return has ? [1, BURST] : [1]
}

/** Messages for so many seconds, in as many windows as have their fewest wake-ups each. */
async function hear(
  audience: Listening,
  perSecond: number,
  seconds: number,
  burst: number,
): Promise<Window[]> {
  const fewest = burst === 1 ? FEWEST_WAKES.one : FEWEST_WAKES.burst
  const wakes = Math.max(fewest, Math.ceil((perSecond * seconds) / burst))
  const windows = wakes >= MOST_WINDOWS * fewest ? MOST_WINDOWS : 1
  const messages = Math.ceil(wakes / windows) * burst
  const inTimeMs = (messages / perSecond) * 1_000 + GRACE_MS
  const heard: Window[] = []
  for (let i = 0; i < windows; i++) heard.push(await audience.hear({ messages, perSecond, burst, inTimeMs }))
  return heard
}

function report(
  record: Recorder<'fan-out'>,
  at: Readonly<Record<string, number>>,
  windows: readonly Window[],
): void {
  const received = sum(windows, (one) => one.received)
  const latencies = mergeHistograms(windows.map((one) => one.latencies))
  record.figure('cpu-per-delivery', at, median(windows.map((one) => one.cpuUs / one.received)))
  record.figure('deliveries-per-second', at, received / sum(windows, ({ seconds }) => seconds))
  record.figure('p50', at, percentileUs(latencies, 50) / 1e3)
  record.figure('p99', at, percentileUs(latencies, 99) / 1e3)
  record.figure('delivered', at, (100 * received) / sum(windows, ({ expected }) => expected))
  record.figure('load-busy', at, Math.max(...windows.map((one) => one.loadBusyPercent)))
}

const sum = (windows: readonly Window[], of: (one: Window) => number): number =>
  windows.reduce((total, one) => total + of(one), 0)

export default fanOut
