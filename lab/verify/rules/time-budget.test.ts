import { expect, it } from 'vitest'
import { BUDGET_MS, budgetReport } from './time-budget.ts'

const files = Array.from({ length: 12 }, (_, index) => ({
  path: `${index}.test.ts`,
  ms: index * 1_000,
  tests: 3,
}))

it('the time budget names the ten slowest test files, the slowest first', () => {
  const lines = budgetReport(60_000, files).split('\n')
  expect(lines[0]).toBe('Time: 60.0 s of a budget of 300.0 s (20 %).')
  expect(lines.slice(2)).toHaveLength(10)
  expect(lines[2]).toBe('   11.0 s  11.test.ts (3 tests)')
  expect(lines.at(-1)).toBe('    2.0 s  2.test.ts (3 tests)')
})

it('the time budget says when it has been exceeded, and not before', () => {
  expect(budgetReport(BUDGET_MS, files)).not.toContain('OVER BUDGET')
  expect(budgetReport(BUDGET_MS + 1, files)).toContain('OVER BUDGET')
})
