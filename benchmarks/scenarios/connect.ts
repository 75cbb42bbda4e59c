/**
 * Connect: what it takes to become a reader, up to and including the first message.
 *
 * Measured: one message lies waiting. Each subscriber connects, shakes hands as its transport wants, and has
 * arrived when that message is there; so many are on their way at once. Time per connection, connections per
 * second, the server's CPU, and every byte at the socket, the message's own included.
 *
 * Not measured: TLS, and packets below TCP's payload. A browser reuses connections for polls; the
 * subscribers of the other scenarios do, too.
 */
import { percentileUs } from '../measure/histogram.ts'
import type { Scenario } from './scenario.ts'

const connect: Scenario<'connect'> = {
  name: 'connect',
  applies: () => true,
  together: false,
  repetitions: ({ repeat }) => repeat,
  seconds: ({ connect: { connections } }) => 0.1 + connections / 1_500,

  async measure(bench, { payload, connect: { connections, atOnce } }, record) {
    const at = { connections, 'at-once': atOnce }
    const { since } = await bench.server.call('leaveOne', { payload })
    const before = await bench.server.call('usage')
    const audience = await bench.gather(connections, { since, atOnce, untilFirst: true })
    const after = await bench.server.call('usage')
    await audience.close()

    record.latencies(at, audience.first)
    record.figure('first-message-p50', at, percentileUs(audience.first, 50) / 1e3)
    record.figure('first-message-p99', at, percentileUs(audience.first, 99) / 1e3)
    record.figure('connections-per-second', at, connections / audience.seconds)
    record.figure('cpu-per-connection', at, (after.cpuUs - before.cpuUs) / connections)
    record.figure('bytes-up', at, audience.bytesOut / connections)
    record.figure('bytes-down', at, audience.bytesIn / connections)
  },
}

export default connect
