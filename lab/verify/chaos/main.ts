/** `npm run chaos`: a long run, and its verdict. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../../app/options.ts'
import { createProgress } from '../conformance/report.ts'
import { type CommandOptions, HELP, parseOptions } from './options.ts'
import { type Outcome, runChaos, type Tally } from './run.ts'

/** More of the same kind say no more than these. */
const SHOWN_VIOLATIONS = 20

/** @returns the exit code */
async function run({ durationMs, writers, seed, help }: CommandOptions): Promise<number> {
  if (help) {
    process.stdout.write(HELP)
    return 0
  }
  const interrupted = new AbortController()
  process.once('SIGINT', () => {
    interrupted.abort()
    process.once('SIGINT', () => process.exit(130)) // whoever cannot wait for the verdict
  })
  const data = mkdtempSync(join(tmpdir(), 'lab-chaos-'))
  const progress = createProgress(process.stderr)
  console.log(`Chaos for ${durationMs / 60_000} min. Chance begins at ${seed}.`)

  const outcome = await runChaos({
    seed,
    durationMs,
    writers,
    server: ['lab/app/main.ts', '--port', '0', '--data', data],
    signal: interrupted.signal,
    onProgress: (soFar) => progress.at(Math.round(soFar.elapsedMs / 1_000), durationMs / 1_000, words(soFar)),
  })
  progress.clear()
  report(outcome)
  if (outcome.violations.length === 0) rmSync(data, { recursive: true, force: true })
  else
    console.log(
      `\nThe log is in ${data}. The same again: npm run chaos -- --seed ${seed} --writers ${writers}`,
    )
  if (interrupted.signal.aborted) return 130
  return outcome.violations.length === 0 ? 0 : 1
}

function report(outcome: Outcome): void {
  console.log(`\n${words(outcome)}\n`)
  for (const [name, count] of Object.entries(outcome.faults).sort())
    console.log(`${String(count).padStart(6)}  ${name}`)
  console.log()
  for (const kind of ['lost', 'duplicated', 'reordered', 'phantom']) {
    const found = outcome.violations.filter((violation) => violation.kind === kind)
    console.log(`${String(found.length).padStart(6)}  ${kind}`)
    for (const { what } of found.slice(0, SHOWN_VIOLATIONS)) console.log(`          ${what}`)
  }
}

const words = ({ acknowledged, published, shown, kills }: Tally) =>
  `${published} written, ${acknowledged} acknowledged, ${shown} shown, ${kills} × kill -9`

try {
  process.exit(await run(parseOptions(process.argv.slice(2))))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`chaos: ${error.message}\nSee npm run chaos -- --help`)
  process.exit(2)
}
