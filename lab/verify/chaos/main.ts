/** `npm run chaos`: a long run, and its verdict. */
import { onEnding } from '../../command/ending.ts'
import { runCommandLine } from '../../command/options/command-line.ts'
import { keepTemporary, temporaryFolder } from '../../command/temporary.ts'
import { say } from '../../command/terminal.ts'
import { createProgress } from '../conformance/report.ts'
import { type CommandOptions, commandOptions, LINE } from './options.ts'
import { type Outcome, runChaos, type Tally } from './run.ts'

/** More of the same kind say no more than these. */
const SHOWN_VIOLATIONS = 20
/** As shells have it, after Ctrl-C. */
const INTERRUPTED = 130

/** @returns the exit code */
async function run({ durationMs, writers, seed }: CommandOptions): Promise<number> {
  const interrupted = new AbortController()
  onEnding(({ signal, exitCode }) => {
    // A verdict takes half a minute. A person waits for it; a program that sends TERM or HUP wants an end.
    if (signal !== 'SIGINT') process.exit(exitCode)
    interrupted.abort()
  })
  const data = temporaryFolder('lab-chaos')
  const progress = createProgress()
  say(`Chaos for ${durationMs / 60_000} min. Chance begins at ${seed}.`)

  const outcome = await runChaos({
    seed,
    durationMs,
    writers,
    server: ['lab/app/main.ts', '--port', '0', '--data', data],
    temporary: [data],
    signal: interrupted.signal,
    onProgress: (soFar) => progress.at(Math.round(soFar.elapsedMs / 1_000), durationMs / 1_000, words(soFar)),
  })
  progress.clear()
  report(outcome)
  if (outcome.violations.length > 0) {
    say(
      `\nThe log is in ${keepTemporary(data)}. The same again: npm run chaos -- --seed ${seed} --writers ${writers}`,
    )
  }
  if (interrupted.signal.aborted) return INTERRUPTED
  return outcome.violations.length === 0 ? 0 : 1
}

function report(outcome: Outcome): void {
  say(`\n${words(outcome)}\n`)
  for (const [name, count] of Object.entries(outcome.faults).sort())
    say(`${String(count).padStart(6)}  ${name}`)
  say()
  for (const kind of ['lost', 'duplicated', 'reordered', 'phantom']) {
    const found = outcome.violations.filter((violation) => violation.kind === kind)
    say(`${String(found.length).padStart(6)}  ${kind}`)
    for (const { what } of found.slice(0, SHOWN_VIOLATIONS)) say(`          ${what}`)
  }
}

const words = ({ acknowledged, published, shown, kills }: Tally) =>
  `${published} written, ${acknowledged} acknowledged, ${shown} shown, ${kills} × kill -9`

await runCommandLine(LINE, ({ values }) => run(commandOptions(values)))
