/**
 * Request: how fast the lab answers when it is asked, over HTTP.
 *
 * Measured by autocannon, with a few connections that ask again as soon as they are answered: sending a
 * message by POST; a short poll that carries its cursor; the same on a new connection each time; a long
 * poll that carries its cursor while messages are being published, where no message may be skipped or come twice.
 *
 * A closed loop: as fast as both sides can. autocannon is a JavaScript program, and often it is the slower one:
 * where `load-busy` is above 70 %, answers per second are its own speed and say only that the server is no
 * slower (wrk and ab, which are written in C, see more). The server's own cost is the CPU per answer. Latencies are
 * those of that load, not of a quiet day. Of a long poll, latency is mostly the wait for the next message. Not
 * measured: WebSocket and event streams, which autocannon cannot speak.
 */
import { percentileUs, unpackHistogram } from '../measure/histogram.ts'
import type { Scenario } from './scenario.ts'

/** While long polls are measured: enough that no poll waits long, few enough that each is answered alone. */
const PUBLISHED_PER_SECOND = 200
/** Publishing goes on for so much longer than asking, or the last polls would be held for nothing. */
const LONGER_S = 0.5

const request: Scenario<'request'> = {
  name: 'request',
  applies: ({ asks }) => asks.length > 0,
  together: false,
  repetitions: ({ repeat }) => repeat,
  seconds: ({ request: { seconds } }) => 1.6 * (seconds + 0.2),

  async measure({ subject, server, ask }, { payload, request: { connections, seconds } }, record) {
    for (const kind of subject.asks) {
      const at = { kind, connections }
      const { since } = await server.call('place')
      const before = await server.call('usage')
      const publishing =
        kind === 'long-poll'
          ? server.call('publish', {
              messages: Math.ceil(PUBLISHED_PER_SECOND * (seconds + LONGER_S)),
              perSecond: PUBLISHED_PER_SECOND,
              burst: 1,
              payload,
              precise: false,
            })
          : null
      const answered = await ask({ kind, connections, durationMs: seconds * 1_000, since })
      const after = await server.call('usage')
      await publishing

      const latencies = unpackHistogram(answered.latencies)
      record.latencies(at, latencies)
      // Between two batches of new connections autocannon rests: the speed would be its own.
      if (kind !== 'churn') record.figure('answers-per-second', at, answered.answers / answered.seconds)
      record.figure('load-busy', at, answered.loadBusyPercent)
      record.figure('cpu-per-answer', at, (after.cpuUs - before.cpuUs) / answered.answers)
      record.figure('p50', at, percentileUs(latencies, 50) / 1e3)
      record.figure('p99', at, percentileUs(latencies, 99) / 1e3)
      record.figure('failed', at, (100 * answered.errors) / (answered.answers + answered.errors))
      if (kind !== 'send' && kind !== 'churn') record.figure('missed', at, answered.missed)
    }
  },
}

export default request
