/** Runs checks and says what came of them, in the terminal. */
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { say, terminal } from '../../../lab/command/terminal.ts'
import { type Entry, ROOT, workOn } from './catalog.ts'
import { LIMIT_MS, outcomeOf } from './outcome.ts'
import type { Outcome } from './run-checks.ts'

/** A learner who has looked at a silent terminal for so long wants to know why. A pipe has no such reader. */
const SILENCE_MS = 3_000

/**
 * Checks an exercise, after the earlier ones that have been begun.
 *
 * @param signal when it aborts, nothing more is said
 * @returns whether all passed
 */
export async function checkWithEarlier(
  entries: readonly Entry[],
  entry: Entry,
  signal?: AbortSignal,
): Promise<boolean> {
  const earlier = entries.slice(0, entries.indexOf(entry)).filter((one) => existsSync(workOn(one)))
  const open: Entry[] = []
  for (const one of [...earlier, entry]) {
    const passed = await check(one, one !== entry, signal)
    if (signal?.aborted) return false
    if (!passed) open.push(one)
  }
  sayWhatIsNext(entries, entry, open)
  return open.length === 0
}

async function check(entry: Entry, isEarlier: boolean, signal?: AbortSignal): Promise<boolean> {
  const file = workOn(entry)
  say(`${entry.number} ${entry.title}${isEarlier ? '' : ` (${relative(ROOT, file)})`}`)
  const wait = setTimeout(() => {
    if (terminal.stdout) say(`  … still at it. What never ends is ended after ${LIMIT_MS / 1_000} s.`)
  }, SILENCE_MS)
  // Earlier work is looked at, not worked on: what it prints would stand among what this one does.
  const outcome = await outcomeOf(entry, file, { quiet: isEarlier, ...(signal && { signal }) })
  clearTimeout(wait)
  if (outcome) report(outcome, isEarlier)
  return outcome?.kind === 'passed'
}

function report(outcome: Outcome, inShort: boolean): void {
  const passed = outcome.kind === 'passed' ? outcome.names : outcome.kind === 'unmet' ? outcome.passed : []
  if (!inShort) for (const name of passed) say(`  ✓ ${name}`)
  if (outcome.kind === 'passed') say('  done')
  else if (outcome.kind === 'broken') say(`  ✗ ${outcome.why}`)
  else say(`  ✗ ${outcome.name}\n    ${outcome.why.replaceAll('\n', '\n    ')}`)
}

function sayWhatIsNext(entries: readonly Entry[], entry: Entry, open: readonly Entry[]): void {
  const begun = open.filter((one) => one !== entry)
  const next = entries[entries.indexOf(entry) + 1]
  if (open.includes(entry)) say(`\nStuck? npm run exercise -- ${entry.number} --hint`)
  else if (begun.length > 0) {
    const numbers = begun.map(({ number }) => number).join(', ')
    say(`\n${entry.number} is done, and not yet: ${numbers} (npm run exercise -- ${begun[0]!.number})`)
  } else if (next) say(`\nNext: npm run exercise -- ${next.number} (${next.title})`)
  else say('\nThat was the last one.')
}

/** The list of all, and where to go on. */
export async function list(entries: readonly Entry[]): Promise<void> {
  let next: Entry | undefined
  for (const entry of entries) {
    const isBegun = existsSync(workOn(entry))
    const outcome = isBegun ? await outcomeOf(entry, workOn(entry), { quiet: true }) : null
    if (outcome?.kind !== 'passed') next ??= entry
    const state = outcome?.kind === 'passed' ? 'done' : isBegun ? 'begun' : ''
    say(`${entry.number}  ${entry.title.padEnd(44)} ${state}`.trimEnd())
  }
  if (!next) say('\nAll are done.')
  else say(`\n${existsSync(workOn(next)) ? 'Go on' : 'Begin'} with: npm run exercise -- ${next.number}`)
}
