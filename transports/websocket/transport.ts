/** WebSocket: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'

const descriptor: TransportDescriptor = {
  title: 'WebSocket',
  short: 'WebSocket',
  idea: 'One HTTP handshake turns the connection into a line on which both sides talk when they please.',
  watch: 'Requests stay at one, even for what you write: it leaves by the open socket.',
  runsIn: ['browser', 'node'],
  carriedBy: 'http',
  settings: [],
}

export default descriptor
