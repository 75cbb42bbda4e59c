/** What is made of two runs of the same tests: nothing that failed twice, or was never run again, may pass for sound. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { afterSecondTry, type Failure, outcomeOf, secondTryOf } from './results.ts'
import { root } from './source-files.ts'

const failure = (title: string, file = 'lab/a.test.ts'): Failure => ({ file, title, why: 'Error: no' })
const of = (passed: number, ...failures: Failure[]) => ({ passed, skipped: 0, failures })

test('a report says which tests failed, in which file, with the first line of the error', () => {
  const assertionResults = [
    { status: 'passed', fullName: 'sound', failureMessages: [] },
    { status: 'failed', fullName: 'group broken', failureMessages: ['Error: 1 is not 2\n    at here'] },
  ]
  const testResults = [{ name: join(root, 'lab/a.test.ts'), assertionResults }]
  expect(outcomeOf({ numPassedTests: 1, numPendingTests: 2, numTodoTests: 3, testResults })).toEqual({
    passed: 1,
    skipped: 5,
    failures: [{ file: 'lab/a.test.ts', title: 'group broken', why: 'Error: 1 is not 2' }],
  })
})

describe('a second try', () => {
  test('is for each file that failed, once', () => {
    expect(secondTryOf([failure('one'), failure('two'), failure('one', 'lab/b.test.ts')])).toEqual([
      'lab/a.test.ts',
      'lab/b.test.ts',
    ])
  })

  test('is for none when many files failed: that is no chance', () => {
    expect(secondTryOf(Array.from({ length: 6 }, (_, i) => failure('one', `lab/${i}.test.ts`)))).toEqual([])
  })

  test('parts what failed twice from what failed once', () => {
    expect(afterSecondTry([failure('always'), failure('once')], of(9, failure('always')))).toEqual({
      failed: [failure('always')],
      flaky: [failure('once')],
    })
  })

  test('counts what fails only in it as failed', () => {
    expect(afterSecondTry([failure('once')], of(9, failure('another')))).toEqual({
      failed: [failure('another')],
      flaky: [failure('once')],
    })
  })

  test.each([
    ['left no report', null],
    ['ran no test', of(0)],
  ])('that %s has made nothing sound', (_, alone) => {
    expect(afterSecondTry([failure('once')], alone)).toEqual({ failed: [failure('once')], flaky: [] })
  })
})
