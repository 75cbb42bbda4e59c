/** Lines of JSON: its descriptor. */
import type { TransportDescriptor } from '../../../client/descriptor.ts'

const descriptor: TransportDescriptor = {
  title: 'Lines of JSON',
  short: 'JSON lines',
  idea: 'The browser asks once, and the server answers with one line of JSON for each page, as it happens.',
  watch:
    'Let the reader rest after each page while traffic goes on: pages pile up on the way, and each comes later than the one before.',
  runsIn: ['browser', 'node'],
  carriedBy: 'http',
  keepsRequestOpen: true,
  quiet: { until: 'renewal' },
  settings: [
    {
      name: 'restMs',
      param: 'rest',
      label: 'Rest after a page',
      unit: 'duration',
      min: 0,
      max: 5_000,
      usual: 0,
    },
  ],
}

export default descriptor
