/** Everything, for `--verbose`: every figure under every load, all goals, all notes. */
import type { RunFile } from '../../run-file.ts'
import { choosersIn, inWords } from '../choosers.ts'
import { goalLines } from '../goal-lines.ts'
import { latencyLines } from '../latency-lines.ts'
import { tableOf } from '../table.ts'

/** @param columns how wide it may be; tables are cut where they are wider */
export function longText(run: RunFile, files: readonly string[], columns?: number): string {
  const parts = [
    heading(run),
    latencyLines(run),
    tableOf(run, columns),
    goalLines(run),
    run.notes.map((note) => `Note: ${note}\n`).join(''),
    files.map((file) => `${file}\n`).join(''),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function heading(run: RunFile): string {
  const { machine, versions, seed, seconds } = run
  return (
    `${machine.cpu}, ${machine.cores} cores, Node ${versions.node}, commit ${versions.commit}, seed ${seed}, ` +
    `${Math.round(seconds)} s\n× is the ratio to raw TCP in the same round; ≈ means no difference beyond the spread.\n` +
    choosersIn(run)
      .map((one) => `${inWords(one)}.\n`)
      .join('')
  )
}
