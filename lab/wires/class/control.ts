/**
 * A class: a teacher gives one setting of the lab page to all who have joined in a room, and sees their ledgers and guesses. The
 * bodies of `/wires/classes` (docs/reference/protocol.md): shapes and the check of what comes from outside.
 */
import * as v from 'valibot'
import type { Parsed } from '../../wire/field.ts'
import { A_NAME, isName } from '../../wire/names.ts'

/** Longer than any address that the page writes, in characters. */
export const MAX_SETTING_CHARS = 2_048
/** More lanes than there are. */
export const MAX_REPORT_LANES = 32

/** `PUT /wires/classes/ROOM`. */
export const GiveOrderSchema = v.strictObject({
  /** The query of an address of the lab page, as `?lanes=sse&zoom=2`; '' for all as usual. What is in it is the page's to read. */
  setting: v.pipe(
    v.string(),
    v.maxLength(MAX_SETTING_CHARS, `at most ${MAX_SETTING_CHARS} characters`),
    v.regex(/^(\?[\x21-\x7e]*)?$/, 'this is not the query of an address'),
  ),
})

const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0))

/** `POST /wires/classes/ROOM/mine`: what a learner's page tells its teacher. */
export const ReportSchema = v.strictObject({
  /** Under which name the learner writes while they have not signed in; who has is known by the session. */
  name: v.pipe(
    v.string(),
    v.check((name) => isName(name), `must be ${A_NAME}`),
  ),
  ledger: v.pipe(
    v.array(
      v.strictObject({
        lane: v.pipe(v.string(), v.maxLength(64)),
        delivered: CountSchema,
        inLog: CountSchema,
        lost: CountSchema,
        doubled: CountSchema,
        reordered: CountSchema,
      }),
    ),
    v.maxLength(MAX_REPORT_LANES, `at most ${MAX_REPORT_LANES} lanes`),
  ),
  /** In the scenario that is chosen; null while none is, or nothing has been guessed. */
  guess: v.nullable(
    v.strictObject({
      scenario: v.pipe(v.string(), v.maxLength(64)),
      /** An index of the scenario's guesses. */
      guess: v.pipe(CountSchema, v.maxValue(31)),
      /** What the figures of the learner's own run have said of it. */
      verdict: v.picklist(['none yet', 'right', 'wrong']),
    }),
  ),
})
export type Report = Parsed<typeof ReportSchema>

/** The answer to a report, and to a setting that is given. */
export interface Given {
  /** When the setting was given, in milliseconds since the Unix epoch: another one has another time. Null when no class is held. */
  readonly given: number | null
  readonly setting: string
}

export interface Learner extends Report {
  /** When the page was heard last, in milliseconds since the Unix epoch. */
  readonly heard: number
}

/** `GET /wires/classes/ROOM`, for the teacher. */
export interface ClassView extends Given {
  /** The server's clock. */
  readonly now: number
  /** In the order in which they joined. */
  readonly learners: readonly Learner[]
}
