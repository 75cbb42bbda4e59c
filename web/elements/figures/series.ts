import { DESCRIPTORS } from '../../../transports/descriptors.ts'
import { TRANSPORTS, type TransportName } from '../../../transports/manifest.ts'
import { createLatencies, type Latencies } from '../../model/figures/latencies.ts'

/** One lane, as the chart and the table show it. */
export interface Series {
  readonly transport: TransportName
  /** The place in the manifest, from 1: it decides hue, dash and marker. */
  readonly place: number
  readonly title: string
  readonly short: string
  readonly latencies: Latencies
}

/** Those of these transports that a browser can run and whose descriptor could be loaded. */
export const seriesOf = (names: readonly TransportName[] = TRANSPORTS): Series[] =>
  names.flatMap((transport) => {
    const descriptor = DESCRIPTORS.get(transport)
    if (!descriptor?.runsIn.includes('browser')) return []
    const { title, short } = descriptor
    return [
      { transport, place: TRANSPORTS.indexOf(transport) + 1, title, short, latencies: createLatencies() },
    ]
  })
