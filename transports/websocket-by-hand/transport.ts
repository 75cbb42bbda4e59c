/** WebSocket by hand: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'

/** A peer that has not answered one ping when the next is due is half-open, and is let go. */
export const HEARTBEAT_MS = 15_000

const descriptor: TransportDescriptor = {
  title: 'WebSocket by hand',
  short: 'By hand',
  idea: 'The same line as a WebSocket, with the handshake, the frames and the closing written out in this repository.',
  watch:
    'Nothing differs from the lane of the package: a protocol is what is on the wire, not who wrote the code.',
  runsIn: ['browser', 'node'],
  carriedBy: 'http',
  quiet: { until: 'heartbeat', everyMs: HEARTBEAT_MS },
  settings: [],
}

export default descriptor
