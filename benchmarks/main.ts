/** `npm run bench`: measures, shows, writes, compares, and says by its exit code how it went. */
import { buildFolder } from '../lab/command/build-folder.ts'
import { type Ending, onEnding } from '../lab/command/ending.ts'
import { runCommandLine } from '../lab/command/options/command-line.ts'
import { complain, print, terminal } from '../lab/command/terminal.ts'
import { EXIT } from './errors.ts'
import { type BenchOptions, benchOptions, LINE } from './options.ts'
import { othersInWords } from './quiet/words.ts'
import { csvOf } from './report/csv.ts'
import { createProgressLine } from './report/progress.ts'
import { withColour } from './report/table.ts'
import { longText } from './report/terminal/long.ts'
import { summaryOf } from './report/terminal/summary.ts'
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
  show(options, run, await writeRun(run, options.out, baseline), notes)

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

async function measure({
  settings,
  waitQuietS,
}: BenchOptions): Promise<{ outcome: Outcome; ending: Ending | null }> {
  const stop = new AbortController()
  const line = createProgressLine()
  let ending: Ending | null = null
  // A second Ctrl-C ends this process at once; the others follow it.
  onEnding((how) => {
    ending = how
    stop.abort()
  })
  try {
    const outcome = await runBench(settings, {
      ...{ signal: stop.signal, waitQuietS, onProgress: line.show },
      onNoise(others, cores) {
        line.clear()
        if (terminal.stderr) complain(noiseInWords(others, cores, waitQuietS))
      },
      onAbsent(words) {
        line.clear()
        complain(`bench: ${words}`)
      },
      onWaiting: (others, cores, left) =>
        line.say(
          `${othersInWords(others, cores)}: waiting until they are done, at most ${Math.ceil(left)} s`,
        ),
    })
    return { outcome, ending }
  } finally {
    line.clear()
  }
}

/** In time: before a minute and a half has gone into figures that cannot be believed. */
const noiseInWords = (others: number, cores: number, waitQuietS: number): string =>
  `bench: the machine is not quiet: ${othersInWords(others, cores)}. The figures will not be worth much. ` +
  (waitQuietS > 0
    ? `It did not become quiet in ${waitQuietS} s.`
    : 'Ctrl-C ends this; --wait-quiet 120 waits first, at most two minutes.')

function show(
  { output, isVerbose }: BenchOptions,
  run: RunFile,
  { files, problem }: Written,
  about: readonly string[],
): void {
  const columns = terminal.columnsOf('stdout')
  const text = () => (isVerbose ? longText(run, files, columns) : summaryOf(run, files, { columns, about }))
  print(
    output === 'json'
      ? `${JSON.stringify(run, null, 2)}\n`
      : output === 'csv'
        ? csvOf(run)
        : withColour(text(), terminal.stdout && !process.env.NO_COLOR),
  )
  if (problem !== null) complain(`bench: ${problem}`)
}

await runCommandLine(LINE, ({ values }) => main(benchOptions(values)))
