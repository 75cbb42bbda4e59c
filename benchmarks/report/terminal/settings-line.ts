/** Under which load each row was measured, and on what: once, and not in every row. */

import type { Figure, RunFile } from '../../run-file.ts'
import { choosersIn, inWords } from '../choosers.ts'
import type { Row, RowName } from './rows.ts'

export function settingsLine(run: RunFile, rows: readonly Row[]): string {
  const { machine, versions, settings, seed, seconds } = run
  const loads = [...new Set(rows.flatMap(loadOf))]
  return [
    ...loads,
    ...choosersIn(run).map(inWords),
    ...(settings.payload === undefined ? [] : [`${String(settings.payload)}-byte text`]),
    `${String(settings.repeat ?? 1)} rounds`,
    `${machine.cpu}, ${machine.cores} cores, Node ${versions.node ?? '?'}, commit ${versions.commit ?? '?'}`,
    `seed ${seed}, ${Math.round(seconds)} s`,
  ].join('; ')
}

const WORDS: Readonly<Record<RowName, (at: Figure['at']) => string>> = {
  p50: latency,
  p99: latency,
  cpu: ({ subscribers }) => `CPU: ${amount(subscribers)} readers`,
  memory: idle,
  silence: idle,
  bytes: (at) => `bytes: ${amount(at['messages-per-second'])} messages/s, a browser's headers`,
  connect: (at) => `connecting: ${amount(at.connections)}, ${amount(at['at-once'])} at once`,
}

function latency(at: Figure['at']): string {
  const rate = at['deliveries-per-second']
  return `latency: ${amount(at.subscribers)} readers${rate === undefined ? '' : `, ${amount(rate)} deliveries/s`}`
}

function idle({ connections }: Figure['at']): string {
  return `memory, silence: ${amount(connections)} connections`
}

const loadOf = ({ name, at }: Row): string[] => [WORDS[name](at)]
const amount = (value: string | number | undefined) =>
  typeof value === 'number' ? value.toLocaleString('en') : String(value ?? '?')
