/**
 * The part of a run from which the calculator reckons: what the page /choose has to fetch. A whole run also has the loads at which a server
 * or the load side breaks down, and every step of each distribution, which are for the report.
 */
import type { Figure, RunFile } from '../run-file.ts'

/** What measured.ts asks for. */
const isReckonedFrom = ({ scenario, metric, at }: Figure): boolean => {
  if (scenario === 'idle') return true
  if (scenario === 'wire') return at.headers === 'browser'
  if (scenario === 'latency') return metric === 'p99'
  return (
    scenario === 'fan-out' &&
    at.burst === 1 &&
    ['p99', 'cpu-per-delivery', 'deliveries-per-second'].includes(metric)
  )
}

export const forPage = (run: RunFile): RunFile => ({
  ...run,
  figures: run.figures.filter(isReckonedFrom),
  distributions: [],
})
