/**
 * Pitfalls: defects that a visitor can put into one lane of their own, and what is said of them: the bodies of `/wires/pitfalls`
 * (docs/reference/pitfalls.md). Shapes and the check of what comes from outside; neither sockets nor HTTP.
 */
import * as v from 'valibot'
import type { Parsed } from '../../wire/field.ts'

/** `POST /wires/pitfalls`. */
export const PitfallOrderSchema = v.strictObject({
  pitfall: v.pipe(v.string(), v.maxLength(64)),
  lane: v.pipe(v.string(), v.maxLength(64)),
})
export type PitfallOrder = Parsed<typeof PitfallOrderSchema>

/** One step of what brings a pitfall out. */
export type Step =
  /** A fault is set on the lane; `seconds` is null for one that is over at once. */
  | {
      readonly fault: string
      readonly settings: Readonly<Record<string, number>>
      readonly seconds: number | null
    }
  /** Texts are written, in the lane itself or in another one. */
  | { readonly say: readonly string[]; readonly by: 'lane' | 'another'; readonly everyMs?: number }
  | { readonly waitMs: number }

/** What people are told about a pitfall. */
export interface PitfallAbout {
  readonly name: string
  readonly title: string
  /** What it models, in one sentence. */
  readonly models: string
  /** Who met it: a public report, `owner/repository#number` on GitHub. */
  readonly report: string
  /** Names of the lanes that can have it. */
  readonly lanes: readonly string[]
  /** Which half of the transport has it. */
  readonly side: 'client' | 'server' | 'both'
  /** What brings it out, in this order; empty where it takes nothing but a quiet room. */
  readonly brings: readonly Step[]
  /** Where it shows on the page, in one sentence. */
  readonly shows: string
  /** The name of the defect in the catalogue, and of the test that turns red by it. */
  readonly defect: string
  readonly redTest: string
  /** The line of the lab that avoids it, from the root of the repository. */
  readonly mend: { readonly file: string; readonly code: string }
}

/** A pitfall that is on, for the one visitor who has switched it on. */
export interface ActivePitfall {
  readonly pitfall: string
  readonly lane: string
  /** Where the lane finds the defective server half, without `/rooms/ROOM/`; null when only the client has the defect. */
  readonly path: string | null
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** When it ends by itself. */
  readonly until: number
}

/** `GET /wires/pitfalls`. */
export interface PitfallsState {
  /** The server's clock, in milliseconds since the Unix epoch. */
  readonly now: number
  readonly pitfalls: readonly PitfallAbout[]
  /** Those of the one who asks. */
  readonly active: readonly ActivePitfall[]
  /** Why the one who asks can switch none on, as a sentence; null when they can. */
  readonly off: string | null
}
