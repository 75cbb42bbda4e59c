/** A run file from the reader's disk or from the server: checked before it is believed. */

import { cut } from '../../lab/wire/cut.ts'
import { RUN_FORMAT, type RunFile } from '../run-file.ts'

/** Its message is for the person who chose the file. */
export class ForeignFile extends Error {}

/**
 * @param name what the file is called, for the message
 * @throws ForeignFile
 */
export function readRun(text: string, name: string): RunFile {
  let run: Partial<RunFile> | null
  try {
    run = JSON.parse(text) as Partial<RunFile> | null
  } catch {
    throw new ForeignFile(`${name} is not JSON, so it is not a run of this benchmark.`)
  }
  if (run?.format !== RUN_FORMAT) {
    throw new ForeignFile(`${name} is not a run of this benchmark: its format is not ${RUN_FORMAT}.`)
  }
  const damage = damageIn(run)
  if (damage) throw new ForeignFile(`${name} says that it is a run, but ${damage}.`)
  return run as RunFile
}

function damageIn(run: Partial<RunFile>): string | null {
  for (const list of ['figures', 'distributions', 'subjects', 'selfCheck', 'notes'] as const) {
    if (!Array.isArray(run[list])) return `it has no list of ${list}`
  }
  for (const part of ['machine', 'settings', 'versions'] as const) {
    if (typeof run[part] !== 'object' || run[part] === null) return `it has no ${part}`
  }
  if (Number.isNaN(Date.parse(run.startedAt ?? ''))) return 'it does not say when it was made'
  const figure = run.figures!.findIndex((one) => !isFigure(one))
  if (figure >= 0) return `a figure in it cannot be read: ${excerpt(run.figures![figure])}`
  const distribution = run.distributions!.findIndex((one) => !isDistribution(one))
  if (distribution >= 0)
    return `a distribution in it cannot be read: ${excerpt(run.distributions![distribution])}`
  return run.subjects!.every((one) => typeof one?.name === 'string' && typeof one.title === 'string')
    ? null
    : 'it has a subject without a name'
}

const excerpt = (value: unknown) => cut(JSON.stringify(value), 80)

const isFigure = (figure: RunFile['figures'][number]) =>
  typeof figure?.subject === 'string' &&
  typeof figure.scenario === 'string' &&
  typeof figure.metric === 'string' &&
  typeof figure.unit === 'string' &&
  Number.isFinite(figure.median) &&
  Array.isArray(figure.samples) &&
  isSpread(figure.spread) &&
  isLoad(figure.at) &&
  (figure.ratio === null || (Number.isFinite(figure.ratio?.median) && isSpread(figure.ratio.spread)))

const isDistribution = (one: RunFile['distributions'][number]) =>
  typeof one?.subject === 'string' &&
  typeof one.scenario === 'string' &&
  isLoad(one.at) &&
  Array.isArray(one.steps) &&
  one.steps.every((step) => Number.isFinite(step?.p) && Number.isFinite(step.value))

const isSpread = (spread: readonly [number, number]) =>
  Array.isArray(spread) && spread.length === 2 && spread.every(Number.isFinite)

const isLoad = (at: unknown) => typeof at === 'object' && at !== null
