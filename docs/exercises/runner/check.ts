/** What the checks of the exercises are written with. */
import { cut } from '../../../lab/wire/cut.ts'

/** Something is not as the exercise wants it; the message says what, in words for the learner. */
export class Unmet extends Error {
  override readonly name = 'Unmet'
}

export interface Check<Work> {
  /** A sentence about working code: “answers at once when something is new”. */
  readonly name: string
  /** @throws Unmet */
  run(work: Work): void | Promise<void>
}

export interface Exercise<Work = unknown> {
  /** What the learner's file must export. */
  readonly exports: readonly string[]
  readonly checks: readonly Check<Work>[]
}

export function exercise<Work>(
  exports: readonly (keyof Work & string)[],
  checks: readonly Check<Work>[],
): Exercise {
  return { exports, checks } as Exercise
}

/** @param hint what may be the matter, when there is an idea */
export function wanted(holds: boolean, complaint: string, hint = ''): asserts holds {
  if (!holds) throw new Unmet(hint ? `${complaint}\n  ${hint}` : complaint)
}

/** A complaint that is longer than this stands on three lines, one value below the other. */
const ONE_LINE_CHARS = 100

export function same(what: string, actual: unknown, expected: unknown, hint = ''): void {
  const [is, should] = [inFull(actual), inFull(expected)]
  const short = `${what}: expected ${inBrief(should)}, but it is ${inBrief(is)}`
  wanted(
    is === should,
    short.length <= ONE_LINE_CHARS
      ? short
      : `${what}\n  expected   ${inBrief(should)}\n  but it is  ${inBrief(is)}`,
    actual === undefined && hint === '' ? 'Is a `return` missing?' : hint,
  )
}

/** A value in one line, cut where it is too long to read. */
export const shown = (value: unknown): string => inBrief(inFull(value))

const inBrief = (text: string): string =>
  text.length > 160 ? `${cut(text, 150)}… (${text.length} characters)` : text

/** Two values are the same when this is: it is compared before it is cut. */
function inFull(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'bigint') return `${value}n, a BigInt`
  if (typeof value === 'function') return 'a function that was not called'
  if (value instanceof Promise) return 'a Promise: is an `await` missing, or an `async` too many?'
  if (Buffer.isBuffer(value)) return `<${value.toString('hex')}>`
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value) // with a BigInt in it, or itself
  }
}

/** A slip of the learner's pen, where a check expects an error that was thrown on purpose. */
export const isSlip = (error: unknown): boolean => error instanceof ReferenceError

/** After all that is due now. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
