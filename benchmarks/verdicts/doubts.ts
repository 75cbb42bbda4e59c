/** What a run's own figures say against believing it. */
import { width } from '../measure/statistics.ts'
import { BUSY_PERCENT } from '../metrics.ts'
import { loadInWords } from '../report/units.ts'
import type { Figure } from '../run-file.ts'
import { FLOOR } from '../subjects/all.ts'

/**
 * The floor's own rounds mostly differ by less than this share on a machine that has nothing else to do. Other programs are
 * not the only cause: on two cores the server and its load wake each other in another order each time.
 */
const QUIET = 0.2

export function doubtsAbout(figures: readonly Figure[]): string[] {
  return [
    ...busyLoads(figures).map(
      ({ subject, scenario, at, percent }) =>
        `${subject}, ${scenario} at ${loadInWords(at)}: the load side was ${percent} % busy; ` +
        `above ${BUSY_PERCENT} % this is no measurement of the server`,
    ),
    ...unquietFloors(figures).map(
      ({ scenario, at, percent }) =>
        `${scenario} at ${loadInWords(at)}: raw TCP's own rounds of CPU per delivery differ by ${percent} %: ` +
        'measure again before believing smaller differences',
    ),
  ]
}

export interface Doubt extends Pick<Figure, 'subject' | 'scenario' | 'at'> {
  readonly percent: number
}

/** Where the load side was so busy that it may have measured itself. */
export const busyLoads = (figures: readonly Figure[]): readonly Doubt[] =>
  figures
    .filter(({ metric, median }) => metric === 'load-busy' && median > BUSY_PERCENT)
    .map(({ subject, scenario, at, median }) => ({ subject, scenario, at, percent: Math.round(median) }))

/** Where the rounds of raw TCP itself differ by more than a quiet machine makes them. */
export const unquietFloors = (figures: readonly Figure[]): readonly Doubt[] =>
  figures
    .filter(
      ({ subject, metric, median, spread }) =>
        subject === FLOOR && metric === 'cpu-per-delivery' && width(spread) > QUIET * median,
    )
    .map(({ subject, scenario, at, median, spread }) => ({
      ...{ subject, scenario, at },
      percent: Math.round((100 * width(spread)) / median),
    }))
