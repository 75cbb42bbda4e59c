/** Short polling: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'

const descriptor: TransportDescriptor = {
  title: 'Short polling',
  short: 'Short polling',
  idea: 'The browser asks “anything new?” again and again; the server answers at once, mostly with nothing.',
  watch: 'Requests grow even when no member writes, and a message waits for the next request.',
  runsIn: ['browser', 'node'],
  carriedBy: 'http',
  quiet: { until: 'renewal' },
  settings: [
    {
      name: 'intervalMs',
      param: 'interval',
      label: 'Poll interval',
      unit: 'duration',
      min: 100,
      max: 10_000,
      usual: 1_000,
    },
  ],
}

export default descriptor
