/**
 * Wire: bytes each way for one delivered message, with all that a transport wraps around it.
 *
 * Measured: at the subscribers' sockets, over a window at a steady rate: headers, framing, empty
 * polls. At several rates, since a poll that finds nothing costs the same whether messages are rare or
 * frequent, and one that finds ten shares its headers among them. With the headers that a browser sends,
 * and once with as few as HTTP allows.
 *
 * Not measured: the setting up (see connect), compression, HTTP/2's packed headers, and what TCP and IP
 * add: 40 bytes and more per packet.
 */
import type { HeaderStyle } from '../../lab/client/load/reader.ts'
import type { Scenario } from './scenario.ts'

/** Two messages at least: one could be taken for many by a lucky poll. */
const FEWEST = 2

const wire: Scenario<'wire'> = {
  name: 'wire',
  applies: () => true,
  together: true, // a few messages a second: bytes do not depend on being alone
  repetitions: ({ repeat, profile }) => (profile === 'full' ? Math.min(3, repeat) : 1),
  seconds: ({ wire: { messagesPerSecond, seconds }, pollMs }) =>
    (messagesPerSecond.length + 1) * (seconds + 0.3 + pollMs / 1_000),

  async measure(bench, { wire: { subscribers, messagesPerSecond, seconds } }, record) {
    const bareRate = messagesPerSecond[messagesPerSecond.length >> 1]!
    const loads: [HeaderStyle, number][] = [
      ...messagesPerSecond.map((rate): [HeaderStyle, number] => ['browser', rate]),
      ['bare', bareRate],
    ]
    for (const [headers, perSecond] of loads) {
      const at = { 'messages-per-second': perSecond, headers }
      const audience = await bench.gather(subscribers, { headers })
      const messages = Math.max(FEWEST, Math.round(perSecond * seconds))
      const heard = await audience.hear({ messages, perSecond })
      await audience.close()

      record.figure('bytes-up', at, heard.bytesOut / heard.received)
      record.figure('bytes-down', at, heard.bytesIn / heard.received)
      record.figure('requests-per-delivery', at, heard.requests / heard.received)
    }
  },
}

export default wire
