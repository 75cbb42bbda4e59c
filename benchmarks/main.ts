/** `npm run bench`: measures, shows, writes, compares, and says by its exit code how it went. */
import { buildFolder } from '../lab/command/build-folder.ts'
import { type Ending, onEnding } from '../lab/command/ending.ts'
import { runCommandLine } from '../lab/command/options/command-line.ts'
import { complain, print, terminal } from '../lab/command/terminal.ts'
import { EXIT } from './errors.ts'
import { type BenchOptions, benchOptions, LINE } from './options.ts'
import { csvOf } from './report/csv.ts'
import { goalLines } from './report/goal-lines.ts'
import { latencyLines } from './report/latency-lines.ts'
import { createProgressLine } from './report/progress.ts'
import { tableOf, withColour } from './report/table.ts'
import { type Written, writeRun } from './report/write.ts'
import { type Outcome, runBench } from './run.ts'
import type { RunFile } from './run-file.ts'
import { compare, readRun } from './verdicts/baseline.ts'
import { brokenThresholds } from './verdicts/thresholds.ts'

async function main(options: BenchOptions): Promise<number> {
  // Read before anything is measured: a wrong name should not cost a minute and a half.
  const baseline = options.baseline === null ? null : await readRun(options.baseline)

  buildFolder() // so is a folder that cannot be written
  const { outcome, ending } = await measure(options)
  const { regressions, notes } = baseline ? compare(outcome.run, baseline) : { regressions: [], notes: [] }
  const run = { ...outcome.run, notes: [...outcome.run.notes, ...notes] }
  const broken = [...regressions, ...brokenThresholds(options.thresholds, run)]
  show(options, run, await writeRun(run, options.out, baseline))

  for (const line of broken) complain(`bench: ${line}`)
  if (outcome.failure) {
    complain(`bench: ${outcome.failure.message}`)
    return EXIT.unmeasured
  }
  if (run.interrupted) {
    complain('bench: interrupted; what is shown had been measured by then')
    return ending?.exitCode ?? EXIT.interrupted
  }
  return broken.length > 0 ? EXIT.regression : EXIT.fine
}

async function measure({ settings }: BenchOptions): Promise<{ outcome: Outcome; ending: Ending | null }> {
  const stop = new AbortController()
  const line = createProgressLine()
  let ending: Ending | null = null
  // A second Ctrl-C ends this process at once; the others follow it.
  onEnding((how) => {
    ending = how
    stop.abort()
  })
  try {
    return { outcome: await runBench(settings, { signal: stop.signal, onProgress: line.show }), ending }
  } finally {
    line.clear()
  }
}

function show({ output }: BenchOptions, run: RunFile, { files, problem }: Written): void {
  print(
    output === 'json'
      ? `${JSON.stringify(run, null, 2)}\n`
      : output === 'csv'
        ? csvOf(run)
        : tableText(run, files),
  )
  if (problem !== null) complain(`bench: ${problem}`)
}

function tableText(run: RunFile, files: readonly string[]): string {
  const colour = terminal.stdout && !process.env.NO_COLOR
  const parts = [
    heading(run),
    latencyLines(run),
    tableOf(run, terminal.columnsOf('stdout')),
    goalLines(run),
    run.notes.map((note) => `Note: ${note}\n`).join(''),
    files.map((file) => `${file}\n`).join(''),
  ]
  return withColour(parts.filter((part) => part !== '').join('\n'), colour)
}

function heading({ machine, versions, seed, seconds }: RunFile): string {
  return (
    `${machine.cpu}, ${machine.cores} cores, Node ${versions.node}, commit ${versions.commit}, seed ${seed}, ` +
    `${Math.round(seconds)} s\n× is the ratio to raw TCP in the same round; ≈ means no difference beyond the spread.\n`
  )
}

await runCommandLine(LINE, ({ values }) => main(benchOptions(values)))
