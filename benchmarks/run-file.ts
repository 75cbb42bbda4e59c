/**
 * What one run of the benchmark leaves behind: the JSON file, and all that the table, the
 * report, the documentation and a later comparison are made from. Nothing is computed for a
 * reader that is not in here or derived from it.
 */

/** Changes when a reader of the old format would misread the new one. */
export const RUN_FORMAT = 'transport-lab-run/1'

export interface RunFile {
  readonly format: typeof RUN_FORMAT
  /** ISO 8601. */
  readonly startedAt: string
  readonly seconds: number
  /** True when it was stopped before its end: what is here is whole, but not all. */
  readonly interrupted: boolean
  readonly profile: 'quick' | 'full'
  /** Every setting in force, whether given or by default. */
  readonly settings: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>
  readonly seed: number
  readonly machine: Machine
  /** Exact versions of what was measured and what measured it: `node`, `ws`, `fastify`, … and `commit`. */
  readonly versions: Readonly<Record<string, string>>
  readonly selfCheck: readonly Check[]
  readonly subjects: readonly SubjectInfo[]
  readonly figures: readonly Figure[]
  readonly distributions: readonly Distribution[]
  /** What a reader must know to read the figures rightly: a limit met, a spread too wide, a goal missed. */
  readonly notes: readonly string[]
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly os: string
  readonly fileDescriptors: number
}

/** One proof, before anything is measured, that the instrument reads what is known. */
export interface Check {
  readonly what: string
  readonly expected: number
  readonly measured: number
  /** How far `measured` may be from `expected`. */
  readonly tolerance: number
  readonly unit: string
  readonly passed: boolean
}

/** Something that carries messages: the floor, one of the lab's transports, or a peer. */
export interface SubjectInfo {
  readonly name: string
  readonly title: string
  readonly kind: 'floor' | 'lab' | 'peer'
}

/** One measured quantity of one subject, over all repetitions. */
export interface Figure {
  readonly subject: string
  readonly scenario: string
  /** `p50`, `cpu-per-delivery`, `rss-per-connection`, … unique in its scenario together with `at`. */
  readonly metric: string
  /** Under what load: `{ subscribers: 1000, burst: 16 }`. */
  readonly at: Readonly<Record<string, string | number>>
  readonly unit: 'µs' | 'ms' | 's' | 'B' | '1' | '1/s' | '%'
  readonly better: 'lower' | 'higher'
  /** One per repetition, in order. */
  readonly samples: readonly number[]
  readonly median: number
  /** Smallest and largest sample. */
  readonly spread: readonly [number, number]
  /** To the floor of the same repetition; null where the floor has no such figure. */
  readonly ratio: Ratio | null
}

export interface Ratio {
  readonly median: number
  readonly spread: readonly [number, number]
  /** What differs less than the spread is not a difference. */
  readonly verdict: 'no difference' | 'better' | 'worse'
}

/** Every latency of one subject under one load, all repetitions merged. */
export interface Distribution {
  readonly subject: string
  readonly scenario: string
  readonly at: Readonly<Record<string, string | number>>
  readonly unit: 'µs'
  readonly count: number
  /** Steps of the cumulative distribution: the value that a fraction `p` (0 to 1) of all samples did not exceed. */
  readonly steps: readonly { readonly p: number; readonly value: number }[]
}
