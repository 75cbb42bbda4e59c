/**
 * Storm: every connection is cut at once, as when a proxy restarts, while messages go on being published.
 *
 * Measured: all subscribers have had some messages. The server resets every connection and publishes a
 * few more before anybody is back. Each subscriber comes back at once (the worst a server can meet: real clients
 * spread themselves by backoff and jitter), names its place, and is caught up when it has the last of those
 * messages. The time until all are, the server's CPU for it, and what was lost or came twice.
 *
 * Not measured: the lab's own client, whose backoff would be most of the time; subjects that
 * keep no history and so have nothing to resume.
 */
import { type Scenario, waitS } from './scenario.ts'

const BEFORE = 5
const BEFORE_PER_SECOND = 50
/** A subscriber that has not caught up by then has lost what is missing. */
const GIVE_UP_MS = 30_000

const storm: Scenario<'storm'> = {
  name: 'storm',
  applies: ({ resumes }) => resumes,
  together: false,
  repetitions: ({ repeat }) => repeat,
  seconds: (settings, subject) => 0.4 + settings.storm.connections / 1_000 + waitS(settings, subject),

  async measure(bench, { payload, storm: { connections, messages } }, record) {
    const at = { connections, messages }
    const audience = await bench.gather(connections, { resume: true })
    await audience.hear({ messages: BEFORE, perSecond: BEFORE_PER_SECOND })
    await audience.begin()
    const before = await bench.server.call('usage')
    const cut = await bench.server.call('cut', { messages, payload })
    const { atNs, heard } = await audience.caughtUp(cut.lastNumber, GIVE_UP_MS)
    const after = await bench.server.call('usage')
    await audience.close()

    if (atNs !== null) record.figure('caught-up', at, (atNs - cut.atNs) / 1e6)
    record.figure('cpu-per-connection', at, (after.cpuUs - before.cpuUs) / connections)
    record.figure('lost', at, connections * messages - heard.received)
    record.figure('duplicates', at, heard.duplicates)
  },
}

export default storm
