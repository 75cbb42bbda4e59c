/** WebSocket: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'

/** A peer that has not answered one ping when the next is due is half-open, and is let go. */
export const HEARTBEAT_MS = 15_000

const descriptor: TransportDescriptor = {
  title: 'WebSocket',
  short: 'WebSocket',
  idea: 'One HTTP handshake turns the connection into a line on which both sides talk when they please.',
  watch: 'Requests stay at one, even for what you write: it leaves by the open socket.',
  runsIn: ['browser', 'node'],
  carriedBy: 'http',
  quiet: { until: 'heartbeat', everyMs: HEARTBEAT_MS },
  settings: [],
}

export default descriptor
