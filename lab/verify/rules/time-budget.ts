/**
 * A reporter for `npm test`: how much of its time was used, and by which files.
 *
 * A test that is slow is hardly ever slow because it computes: it waits for a timer, or starts what could be
 * shared. To print the ten slowest every time is the cheapest way of noticing. Going over the budget is said
 * and fails nothing, because a busy machine is no defect of the code.
 */
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { root } from './source-files.ts'

/** For `npm test`, on two cores that do nothing else. */
export const BUDGET_MS = 5 * 60_000

const SHOWN = 10

export interface TimedFile {
  readonly path: string
  /** From loading the file until its last hook, in milliseconds; several files run at once. */
  readonly ms: number
  readonly tests: number
}

/** @param tookMs from the start of the run to its end */
export function budgetReport(tookMs: number, files: readonly TimedFile[]): string {
  const slowest = [...files].sort((a, b) => b.ms - a.ms).slice(0, SHOWN)
  const share = `${Math.round((100 * tookMs) / BUDGET_MS)} %`
  const over = tookMs > BUDGET_MS ? ' OVER BUDGET: unless the machine was busy, look at these files.' : ''
  return [
    `Time: ${seconds(tookMs)} of a budget of ${seconds(BUDGET_MS)} (${share}).${over}`,
    ...(slowest.length > 0 ? ['The slowest files:'] : []),
    ...slowest.map(({ path, ms, tests }) => `${seconds(ms).padStart(9)}  ${path} (${tests} tests)`),
  ].join('\n')
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`

export default class TimeBudget implements Reporter {
  #startedAt = performance.now()

  onTestRunStart(): void {
    this.#startedAt = performance.now()
  }

  /** On stderr: what reads the results reads stdout. */
  onTestRunEnd(modules: readonly TestModule[]): void {
    console.error(`\n${budgetReport(performance.now() - this.#startedAt, modules.map(timed))}`)
  }
}

function timed(module: TestModule): TimedFile {
  const { collectDuration, setupDuration, duration } = module.diagnostic()
  return {
    path: relative(root, module.moduleId),
    ms: collectDuration + setupDuration + duration,
    tests: [...module.children.allTests()].length,
  }
}
