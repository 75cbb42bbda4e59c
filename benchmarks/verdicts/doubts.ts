/** What a run's own figures say against believing it. */
import { width } from '../measure/statistics.ts'
import { BUSY_PERCENT } from '../metrics.ts'
import { loadInWords } from '../report/units.ts'
import type { Figure } from '../run-file.ts'
import { FLOOR } from '../subjects/all.ts'

/** The floor's own rounds differ by less than this share on a machine that has nothing else to do. */
const QUIET = 0.2

export function doubtsAbout(figures: readonly Figure[]): string[] {
  return [...figures.flatMap(busyLoad), ...figures.flatMap(unquietFloor)]
}

function busyLoad({ subject, scenario, metric, at, median }: Figure): string[] {
  if (metric !== 'load-busy' || median <= BUSY_PERCENT) return []
  return [
    `${subject}, ${scenario} at ${loadInWords(at)}: the load side was ${Math.round(median)} % busy; ` +
      `above ${BUSY_PERCENT} % this is no measurement of the server`,
  ]
}

function unquietFloor({ subject, scenario, metric, at, median, spread }: Figure): string[] {
  if (subject !== FLOOR || metric !== 'cpu-per-delivery' || width(spread) <= QUIET * median) return []
  const percent = Math.round((100 * width(spread)) / median)
  return [
    `${scenario} at ${loadInWords(at)}: raw TCP's own rounds differ by ${percent} %, so the machine was not ` +
      'quiet: measure again before believing small differences',
  ]
}
