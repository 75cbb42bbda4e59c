/** Server-sent events: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'

/** A comment this often tells proxies and the client that a quiet stream is not a dead one. */
export const HEARTBEAT_MS = 15_000

const descriptor: TransportDescriptor = {
  title: 'Server-sent events',
  short: 'SSE',
  idea: 'The browser asks once, and the server never ends its answer: each event is written as it happens.',
  watch:
    'One request brings any number of messages. Another one goes for what you write, and every 10 s where the lane shows who is here: on this stream, you cannot say that you are still there.',
  runsIn: ['browser', 'node'],
  carriedBy: 'http',
  keepsRequestOpen: true,
  quiet: { until: 'heartbeat', everyMs: HEARTBEAT_MS },
  settings: [],
}

export default descriptor
