import type { Latencies } from '../../model/figures/latencies.ts'

/** One lane, as the chart and the table show it. */
export interface Series {
  /** The place in the manifest, from 1: it decides hue, dash and marker. */
  readonly place: number
  readonly title: string
  readonly short: string
  readonly latencies: Latencies
}
