/**
 * What a run of vitest has left in its JSON report: the counts, and which tests failed, of what. And what a second
 * run of the failed files, each alone, makes of the first (docs/decisions/078-a-second-try.md).
 */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from './source-files.ts'

/** One test that failed. */
export interface Failure {
  /** Its file, from the root of the project. */
  readonly file: string
  /** Its title, with those of the groups around it. */
  readonly title: string
  /** The first words of the error. */
  readonly why: string
}

/** What a run came to. */
export interface Outcome {
  readonly passed: number
  readonly skipped: number
  readonly failures: readonly Failure[]
}

/** What we use of vitest's JSON report. */
export interface Report {
  readonly numPassedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const WHY_CHARS = 200

/** @returns null when the run left no report: it has failed, whatever its tests did */
export function readOutcome(reportFile: string): Outcome | null {
  try {
    return outcomeOf(JSON.parse(readFileSync(reportFile, 'utf8')) as Report)
  } catch {
    return null
  }
}

export function outcomeOf(report: Report): Outcome {
  return {
    passed: report.numPassedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages: [why = ''] }) => ({
          file: relative(root, name),
          title: fullName,
          why: why.split('\n')[0]!.slice(0, WHY_CHARS),
        })),
    ),
  }
}

/** More files than this do not fail by chance: what they fail of is to be seen at once. */
const SECOND_TRY_FILES = 5

/** The files that get a second try; none, when so many failed that it is no chance. */
export function secondTryOf(failures: readonly Failure[]): readonly string[] {
  const files = [...new Set(failures.map(({ file }) => file))]
  return files.length > SECOND_TRY_FILES ? [] : files
}

/** Whether these are the same test. */
const isSame = (a: Failure) => (b: Failure) => a.file === b.file && a.title === b.title

/**
 * Parts what failed twice from what failed once.
 *
 * @param first what failed in a file beside others
 * @param alone what the same file came to alone; null when that left no report
 * @returns what failed of it: in the second run too, or only there; and what is flaky: it failed beside others and
 *   not alone
 */
export function afterSecondTry(
  first: readonly Failure[],
  alone: Outcome | null,
): { failed: readonly Failure[]; flaky: readonly Failure[] } {
  // A second run that ran nothing has shown nothing.
  if (!alone || alone.passed + alone.failures.length === 0) return { failed: first, flaky: [] }
  const flaky = first.filter((failure) => !alone.failures.some(isSame(failure)))
  return { failed: alone.failures, flaky }
}
