/** Why this run's figures are not to be trusted, in a few sentences; none on a machine that was quiet. */
import { keyOf } from '../../collect.ts'
import { isAboutMachine } from '../../quiet/words.ts'
import type { RunFile } from '../../run-file.ts'
import { FLOOR } from '../../subjects/all.ts'
import { busyLoads, unquietFloors } from '../../verdicts/doubts.ts'
import type { Row } from './rows.ts'

export function warningsOf(run: RunFile, rows: readonly Row[]): readonly string[] {
  return [...run.notes.filter(isAboutMachine), ...floor(run), ...load(run, rows)]
}

/** The worst of them stands for all: they have one cause. */
function floor({ figures }: RunFile): readonly string[] {
  const percents = unquietFloors(figures).map(({ percent }) => percent)
  if (percents.length === 0) return []
  return [`raw TCP's own rounds of CPU per delivery differ by up to ${Math.max(...percents)} %`]
}

/** Only where it touches a figure that is shown. */
function load({ figures }: RunFile, rows: readonly Row[]): readonly string[] {
  const busy = busyLoads(figures).filter(({ scenario, at }) =>
    rows.some((row) => row.scenario === scenario && keyOf(row.at) === keyOf(at)),
  )
  const worst = Math.max(...busy.map(({ percent }) => percent))
  const names = [...new Set(busy.map(({ subject }) => (subject === FLOOR ? 'raw TCP' : subject)))]
  if (busy.length === 0) return []
  return [
    `the load side was up to ${worst} % busy (${names.join(', ')}): it may be itself that it has measured`,
  ]
}
