/**
 * Idle: what a reader costs while nothing is published. Here polling pays.
 *
 * Measured: in a server process of its own a part of the connections is opened, and garbage collected until
 * memory no longer falls; then the rest connects, and it is collected again. The growth of RSS between the
 * two, per connection: so it is no part of it that code runs, or a heap grows, for the first time. After
 * that nothing is published for a while, and the bytes, requests and server CPU of that while are counted, per
 * client and minute.
 *
 * Not measured: the kernel's own memory for sockets, which is in no process's RSS. A window shorter than
 * heartbeats and holds would see one of them or none, and so tells only of transports that keep polling.
 */
import type { Scenario } from './scenario.ts'

/** Of the connections, those whose memory is not counted. */
const FIRST_PART = 0.2
/** A window as long as this has seen every heartbeat and every hold of the lab at least twice. */
const WHOLE_S = 60
const TOO_SHORT =
  `idle: windows shorter than ${WHOLE_S} s see no heartbeat or held poll reliably; figures per minute are given ` +
  'only of subjects that asked in that time (--full watches for longer)'

const idle: Scenario<'idle'> = {
  name: 'idle',
  applies: () => true,
  together: true, // idle means that they leave each other the machine
  repetitions: ({ repeat, profile }) => Math.min(profile === 'full' ? 3 : 2, repeat),
  seconds: ({ subjects, idle: { connections, seconds } }) =>
    seconds + subjects.length * (0.5 + connections / 3_000),

  async measure(bench, { idle: { connections, seconds } }, record) {
    const at = { connections }
    await bench.fresh(async ({ server, gather }) => {
      const few = Math.ceil(connections * FIRST_PART)
      const first = await gather(few)
      const before = await server.call('settle')
      const rest = await gather(connections - few)
      const after = await server.call('settle')
      record.figure('rss-per-connection', at, (after.rssBytes - before.rssBytes) / rest.count)

      const quiet = await rest.idle(seconds)
      await Promise.all([first.close(), rest.close()])
      if (quiet.requests === 0 && seconds < WHOLE_S) return record.note(TOO_SHORT)
      const perMinute = 60 / quiet.seconds / rest.count
      record.figure('cpu-per-minute', at, (quiet.cpuUs * perMinute * rest.count) / connections)
      record.figure('requests-per-minute', at, quiet.requests * perMinute)
      record.figure('bytes-up-per-minute', at, quiet.bytesOut * perMinute)
      record.figure('bytes-down-per-minute', at, quiet.bytesIn * perMinute)
    })
  },
}

export default idle
