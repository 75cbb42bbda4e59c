/** `npm run chaos`: a long run, and its verdict. */
import { onEnding } from '../../command/ending.ts'
import { runCommandLine } from '../../command/options/command-line.ts'
import { keepTemporary, temporaryFolder } from '../../command/temporary.ts'
import { say } from '../../command/terminal.ts'
import { createProgress } from '../conformance/report.ts'
import { runClusterCommand } from './cluster/command.ts'
import { type CommandOptions, commandOptions, LINE } from './options.ts'
import { reportFaults, reportViolations } from './report.ts'
import { type ChaosOptions, runChaos, type Tally } from './run.ts'

/** As shells have it, after Ctrl-C. */
const INTERRUPTED = 130

/** @returns the exit code */
async function run({ durationMs, writers, seed, cluster }: CommandOptions): Promise<number> {
  const interrupted = new AbortController()
  onEnding(({ signal, exitCode }) => {
    // A verdict takes half a minute. A person waits for it; a program that sends TERM or HUP wants an end.
    if (signal !== 'SIGINT') process.exit(exitCode)
    interrupted.abort()
  })
  const data = temporaryFolder('lab-chaos')
  const progress = createProgress()
  const about = {
    ...{ seed, durationMs, writers, signal: interrupted.signal },
    onProgress: (soFar: Tally) =>
      progress.at(Math.round(soFar.elapsedMs / 1_000), durationMs / 1_000, words(soFar)),
  }
  const code = cluster
    ? await runClusterCommand({ ...about, ...cluster, folder: data, onEnd: progress.clear })
    : await runAlone(about, data, progress.clear)
  return interrupted.signal.aborted ? INTERRUPTED : code
}

async function runAlone(
  about: Pick<ChaosOptions, 'seed' | 'durationMs' | 'signal' | 'onProgress'> & { readonly writers: number },
  data: string,
  onEnd: () => void,
): Promise<number> {
  const { seed, durationMs, writers } = about
  say(`Chaos for ${durationMs / 60_000} min. Chance begins at ${seed}.`)
  const outcome = await runChaos({
    ...about,
    server: ['lab/app/main.ts', '--port', '0', '--data', data],
    temporary: [data],
  })
  onEnd()
  say(`\n${words(outcome)}\n`)
  reportFaults(outcome)
  reportViolations(outcome.violations)
  if (outcome.violations.length === 0) return 0
  say(
    `\nThe log is in ${keepTemporary(data)}. The same again: npm run chaos -- --seed ${seed} --writers ${writers}`,
  )
  return 1
}

const words = ({ acknowledged, published, shown, kills }: Tally) =>
  `${published} written, ${acknowledged} acknowledged, ${shown} shown, ${kills} × kill -9`

await runCommandLine(LINE, ({ values }) => run(commandOptions(values)))
