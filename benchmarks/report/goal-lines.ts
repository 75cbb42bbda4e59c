/** The goals on the terminal: those that this run says something about. */

import type { RunFile } from '../run-file.ts'
import { type Judgement, judge } from '../verdicts/goals.ts'
import { digits } from './units.ts'

export function goalLines(run: RunFile): string {
  const told = judge(run).filter(({ verdict }) => verdict !== 'not measured')
  if (told.length === 0) return ''
  const width = Math.max(...told.map(({ goal }) => goal.name.length))
  const lines = told.map(
    (one) => `${one.goal.name.padEnd(width)}  ${boundOf(one)}: ${reachedOf(one)} ${one.verdict}`,
  )
  return [`\u0000${'goals (docs/reference/benchmarks.md)'.padEnd(width)}`, ...lines, ''].join('\n')
}

export const boundOf = ({ goal: { relation, bound, stretch, unit } }: Judgement): string =>
  `${relation} ${digits(bound)} ${unit}${stretch === null ? '' : `, at best ${digits(stretch)} ${unit}`}`

export const reachedOf = ({ goal, reached }: Judgement): string =>
  reached === null ? '–' : `${digits(reached)} ${goal.unit}`
