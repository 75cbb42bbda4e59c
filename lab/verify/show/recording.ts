/** What happened in a demonstration, and when: all that its verdict may look at. */

export interface Entry {
  /** Milliseconds since the demonstration began, by its own clock. */
  readonly at: number
  /** Who did it: the server, a client, a reader. */
  readonly who: string
  /** What it did, in a few words. */
  readonly what: string
  /** What a verdict counts; absent for an entry that is only to be read. */
  readonly fact?: Fact
}

/** One thing of a kind that a demonstration counts, such as `written` or `heard`. */
export interface Fact {
  readonly kind: string
  /** Its number, its size, or its duration: the demonstration says which. */
  readonly value: number
}

export type Recording = readonly Entry[]

export interface Recorder {
  readonly entries: Recording
  /** @param kind and value of the fact that it is, if a verdict counts it */
  note(who: string, what: string, kind?: string, value?: number): void
  /** From now on, entries are timed by this clock, and it begins at nothing. Real time unless called. */
  timeBy(now: () => number): void
}

export function createRecorder(): Recorder {
  let now = () => performance.now()
  let beganAt = now()
  const entries: Entry[] = []
  return {
    entries,
    note(who, what, kind, value = 0) {
      entries.push({ at: now() - beganAt, who, what, ...(kind !== undefined && { fact: { kind, value } }) })
    },
    timeBy(clock) {
      now = clock
      beganAt = now()
    },
  }
}

/** The values of all facts of a kind, in the order in which they were recorded. */
export const valuesOf = (recording: Recording, kind: string): number[] =>
  recording.flatMap(({ fact }) => (fact?.kind === kind ? [fact.value] : []))

/** Those of `wanted` that are not in `had`, each once. */
export const missing = (wanted: readonly number[], had: readonly number[]): number[] => [
  ...new Set(wanted.filter((value) => !had.includes(value))),
]

/** Those that are there more than once, each once. */
export const repeated = (values: readonly number[]): number[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
]

/** `number 3`, `numbers 1 and 2`. */
export function numbersInWords(values: readonly number[]): string {
  const last = values.at(-1)
  if (values.length < 2) return `number ${last ?? 'none'}`
  return `numbers ${values.slice(0, -1).join(', ')} and ${last}`
}
