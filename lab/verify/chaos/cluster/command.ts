/** `npm run chaos -- --cluster`: what runs, and the verdict in words. */

import type { EngineName } from '../../../cluster/engine/node.ts'
import { find } from '../../../cluster/machine/find.ts'
import { startCleaner } from '../../../cluster/machine/start-cleaner.ts'
import { missing, type Wanted } from '../../../cluster/missing.ts'
import { keepTemporary } from '../../../command/temporary.ts'
import { say } from '../../../command/terminal.ts'
import { reportFaults, reportViolations } from '../report.ts'
import type { Tally } from '../run.ts'
import { type ClusterOutcome, runCluster } from './run.ts'

export interface ClusterCommand {
  readonly durationMs: number
  readonly writers: number
  readonly seed: number
  readonly labs: number
  readonly engine: EngineName
  readonly engines: 1 | 3
  readonly splits: boolean
  /** For what the servers keep; removed afterwards unless something was wrong. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onProgress: (soFar: Tally) => void
  /** Called when there is no more progress to be shown. */
  readonly onEnd: () => void
}

/** @returns the exit code, for a run that was not interrupted */
export async function runClusterCommand(command: ClusterCommand): Promise<number> {
  const { durationMs, writers, seed, labs, engine, engines, splits, folder, signal, onProgress, onEnd } =
    command
  const program: Wanted = engine === 'nats' ? 'nats-server' : 'etcd'
  if (find(program) === null) {
    for (const line of missing({ [program]: null })) say(line)
    return 1
  }
  say(
    `Chaos for ${durationMs / 60_000} min over ${labs} servers and ${nodes(engines)} of ${engine === 'nats' ? 'NATS' : 'etcd'}. Chance begins at ${seed}.`,
  )
  const onProcess = await startCleaner([folder])
  const outcome = await runCluster({
    ...{ seed, durationMs, writers, labs, engine, engines, splits, folder, signal, onProgress },
    trims: true,
    temporary: [folder],
    onProcess,
  })
  onEnd()
  report(outcome)
  const isSound = outcome.ours.length + outcome.engine.length === 0
  if (!isSound)
    say(
      `\nWhat the servers kept, and what the engine told them, is in ${keepTemporary(folder)}.\n` +
        `The same again: npm run chaos -- --cluster --servers ${labs}${engine === 'etcd' ? ' --engine etcd' : ''} --engines ${engines}${splits || engine === 'etcd' ? '' : ' --cuts servers'} --seed ${seed} --writers ${writers}`,
    )
  return isSound ? 0 : 1
}

const nodes = (count: number) => (count === 1 ? 'one node' : `${count} nodes`)

function report(outcome: ClusterOutcome): void {
  const { published, acknowledged, shown, kills, people, entries, readers, copies, trims, ours, engine } =
    outcome
  say(
    `\n${published} written, ${acknowledged} acknowledged, ${shown} shown to ${readers} clients, ${people} people came, ` +
      `${entries} entries in the log, which was trimmed ${trims} times; ${copies} copies taken of another server, ${kills} × kill -9\n`,
  )
  reportFaults(outcome)
  say('What the lab has promised and not kept:')
  reportViolations(ours)
  say('\nWhat the engine has said, and is not so:')
  reportViolations(engine)
  if (engine.length > 0)
    say(
      '\nOf what was written after the first of these, nothing is said: no server can have what the engine has lost.',
    )
}
