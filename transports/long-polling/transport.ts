/** Long polling: its descriptor. */
import type { TransportDescriptor } from '../../lab/client/descriptor.ts'
import { MAX_WAIT_S } from '../../lab/wire/limits.ts'

const descriptor: TransportDescriptor = {
  title: 'Long polling',
  short: 'Long polling',
  idea: 'The browser asks, and the server keeps the question until it has an answer; then the browser asks again.',
  watch:
    'When traffic is thin, each message costs one request; when it is dense, one answer carries several.',
  runsIn: ['browser', 'node'],
  carriedBy: 'http',
  keepsRequestOpen: true,
  quiet: { until: 'response' },
  settings: [
    {
      name: 'holdMs',
      param: 'hold',
      label: 'Hold time',
      unit: 'duration',
      min: 500,
      max: MAX_WAIT_S * 1_000,
      usual: 25_000,
    },
  ],
}

export default descriptor
