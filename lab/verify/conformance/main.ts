/** `npm run conformance -- FOLDER`: the contract, against a transport of your own. */
import { resolve } from 'node:path'
import { type Ending, onEnding } from '../../command/ending.ts'
import { runCommandLine } from '../../command/options/command-line.ts'
import { say } from '../../command/terminal.ts'
import { UsageError } from '../../command/usage-error.ts'
import { TIMEOUT_MS } from '../kit/test-bench.ts'
import { CASES } from './cases/index.ts'
import { loadSubject } from './load-subject.ts'
import { type ConformanceOptions, conformanceOptions, LINE } from './options.ts'
import { createProgress, explain, summary, type Tally } from './report.ts'
import { runCase } from './run.ts'

/** A transport that has failed this often is not waited for as long any more. */
const MANY_FAILURES = 3
const SHORT_TIMEOUT_MS = 2_000

/** @returns the exit code */
async function check({ folder, only, seed }: ConformanceOptions): Promise<number> {
  const cases = CASES.filter(({ name }) => name.includes(only))
  if (cases.length === 0) throw new UsageError(`no case has ${JSON.stringify(only)} in its name`)
  const subject = await loadSubject(resolve(whereTheUserStands(), folder))

  const interrupted = new AbortController()
  let ending: Ending | null = null
  onEnding((how) => {
    ending = how
    interrupted.abort(new Error(`stopped by ${how.signal}`))
  })
  say(`The contract, against ${subject.name}. Chance begins at ${seed}.\n`)
  const progress = createProgress()
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  const begun = performance.now()

  for (const [index, one] of cases.entries()) {
    progress.at(index + 1, cases.length, one.name)
    const timeoutMs = tally.failed < MANY_FAILURES ? TIMEOUT_MS : SHORT_TIMEOUT_MS
    const outcome = await watched((crash) =>
      runCase(one, subject, { seed, timeoutMs, signal: AbortSignal.any([interrupted.signal, crash]) }),
    )
    progress.clear()
    if (interrupted.signal.aborted) break
    tally[outcome.status]++
    if (outcome.status === 'failed') say(`${explain(one, outcome)}\n`)
    if (outcome.status === 'skipped') say(`skipped  ${one.name}: ${outcome.reason}\n`)
  }
  say(summary(tally, cases.length, performance.now() - begun))
  if (ending !== null) return (ending as Ending).exitCode
  if (tally.failed === 0) return 0
  say(`The same again: npm run conformance -- ${folder} --seed ${seed}`)
  return 1
}

/** An error that a transport throws where no caller can catch it fails the case that is running, and not the command. */
async function watched<T>(run: (crash: AbortSignal) => Promise<T>): Promise<T> {
  const crash = new AbortController()
  const onCrash = (thrown: unknown) => crash.abort(thrown)
  process.on('uncaughtException', onCrash)
  process.on('unhandledRejection', onCrash)
  try {
    return await run(crash.signal)
  } finally {
    process.off('uncaughtException', onCrash)
    process.off('unhandledRejection', onCrash)
  }
}

/** npm runs a script in the folder of package.json, and tells where it was called. */
function whereTheUserStands(): string {
  const { npm_lifecycle_event, INIT_CWD } = process.env
  return npm_lifecycle_event === 'conformance' && INIT_CWD ? INIT_CWD : '.'
}

await runCommandLine(LINE, (given) => check(conformanceOptions(given)))
