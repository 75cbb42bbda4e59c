/** What the checks of the exercises are written with. */

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

export function same(what: string, actual: unknown, expected: unknown, hint = ''): void {
  const [is, should] = [shown(actual), shown(expected)]
  wanted(is === should, `${what}: expected ${should}, but it is ${is}`, hint)
}

/** A value in one line, cut where nobody reads on. */
export function shown(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  const text = Buffer.isBuffer(value) ? `<${value.toString('hex')}>` : JSON.stringify(value)
  return text.length > 160 ? `${text.slice(0, 150)}… (${text.length} characters)` : text
}

/** After all that is due now. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
