/** Plain TCP: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'

/** A peer that has said nothing between two heartbeats is half-open, and is let go. */
export const HEARTBEAT_MS = 15_000

const descriptor: TransportDescriptor = {
  title: 'A socket, bare',
  short: 'TCP',
  idea: 'A program opens a TCP connection, and both sides write lines of JSON on it: no HTTP, no handshake, no frames.',
  watch:
    'A browser cannot open it, so it has no lane: talk to it with nc. All that the other transports get from HTTP, this one must bring itself.',
  runsIn: ['node'],
  carriedBy: 'tcp',
  quiet: { until: 'heartbeat', everyMs: HEARTBEAT_MS },
  settings: [],
}

export default descriptor
