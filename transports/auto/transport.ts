/** Auto: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'

/** How long one of the transports may take to open before the next one is tried. */
export const TRY_MS = 4_000

/** The order in which they are tried: what costs least for a message first, what works almost everywhere last. */
export const WAYS = ['websocket', 'sse', 'long-polling', 'short-polling'] as const

const descriptor: TransportDescriptor = {
  title: 'Auto',
  short: 'Auto',
  idea: 'The client tries WebSocket, then server-sent events, then long and short polling, and stays with the first that works.',
  watch:
    'Where nothing is in the way, this is the WebSocket lane again. Put a proxy between that passes no upgrade, and it says what it tried, and why it moved on.',
  runsIn: ['browser', 'node'],
  carriedBy: { transports: WAYS },
  quiet: { until: 'as chosen' },
  settings: [
    {
      name: 'tryMs',
      param: 'try',
      label: 'Time limit per try',
      unit: 'duration',
      min: 500,
      max: 10_000,
      usual: TRY_MS,
    },
  ],
}

export default descriptor
