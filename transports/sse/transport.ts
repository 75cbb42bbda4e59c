/** Server-sent events: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'

const descriptor: TransportDescriptor = {
  title: 'Server-sent events',
  short: 'SSE',
  idea: 'The browser asks once, and the server never ends its answer: each event is written as it happens.',
  watch:
    'One request brings any number of messages. Another one goes for what you write, and every 10 s where the lane shows who is here: on this stream, you cannot say that you are still there.',
  runsIn: ['browser', 'node'],
  carriedBy: 'http',
  keepsRequestOpen: true,
  settings: [],
}

export default descriptor
