/** HTTP streaming: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'

/** An empty line this often tells proxies and the client that a quiet stream is not a dead one. */
export const HEARTBEAT_MS = 15_000

const descriptor: TransportDescriptor = {
  title: 'HTTP streaming',
  short: 'HTTP streaming',
  idea: 'The browser asks once, and the server never ends its answer: each page is one line of JSON, which a script reads as it comes.',
  watch:
    'One request brings any number of messages, as with server-sent events, but no format and no EventSource is needed: coming back, and the place to go on from, are the script’s own affair.',
  runsIn: ['browser', 'node'],
  carriedBy: 'http',
  keepsRequestOpen: true,
  quiet: { until: 'heartbeat', everyMs: HEARTBEAT_MS },
  settings: [],
}

export default descriptor
