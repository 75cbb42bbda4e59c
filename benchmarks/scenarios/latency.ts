/**
 * Latency: from the moment when a message should have been sent to its receipt, under a load that every
 * transport can carry.
 *
 * Measured: an open loop publishes on the dot (see Pace in measure/pacer.ts), each text carries
 * the time at which it was due, and each subscriber takes the difference when the bytes arrive. Both
 * clocks are the same monotonic one. Short polling mostly waits for its own interval: that is its
 * latency, and no fault of the measurement.
 *
 * Not measured: the network, since this is loopback; parsing and showing in a browser.
 */
import { percentileUs } from '../measure/histogram.ts'
import { type Scenario, waitS } from './scenario.ts'

const PERCENTILES = [
  ['p50', 50],
  ['p90', 90],
  ['p99', 99],
  ['p99.9', 99.9],
  ['max', 100],
] as const

const latency: Scenario<'latency'> = {
  name: 'latency',
  applies: () => true,
  together: false,
  repetitions: ({ repeat }) => repeat,
  seconds: (settings, subject) => settings.latency.seconds + 0.15 + waitS(settings, subject),

  async measure(bench, { latency: { subscribers, deliveriesPerSecond, seconds } }, record) {
    const at = { subscribers, 'deliveries-per-second': deliveriesPerSecond }
    const perSecond = deliveriesPerSecond / subscribers
    const audience = await bench.gather(subscribers)
    const heard = await audience.hear({ messages: Math.ceil(perSecond * seconds), perSecond, precise: true })
    await audience.close()

    record.latencies(at, heard.latencies)
    for (const [metric, percent] of PERCENTILES) {
      record.figure(metric, at, percentileUs(heard.latencies, percent) / 1e3)
    }
    record.figure('delivered', at, (100 * heard.received) / heard.expected)
    record.figure('duplicates', at, heard.duplicates)
    record.figure('pacer-late-p99', at, heard.lateP99Us / 1e3)
    record.figure('load-busy', at, heard.loadBusyPercent)
  },
}

export default latency
