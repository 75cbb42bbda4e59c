/** A set of message numbers, kept as runs: numbers have no holes as a rule, so a long conversation is one run. */

export interface SeqSet {
  readonly size: number
  readonly max: number | null
  /** Returns whether it was new. */
  add(seq: number): boolean
  has(seq: number): boolean
  /** How many there are from `after` (not included) to `upTo` (included). */
  countIn(after: number, upTo: number): number
  /** How many numbers of `this` from `after` (not included) to `upTo` (included) are not in `other`. */
  countMissingIn(other: SeqSet, after: number, upTo: number): number
  clear(): void
}

/** First and last number of a run; runs are in order and do not touch. */
type Run = [from: number, to: number]

export function createSeqSet(): SeqSet {
  let runs: Run[] = []
  let size = 0

  /** Index of the first run that ends at or after `seq`. Most numbers are at the end, so it looks from there. */
  function indexAt(seq: number): number {
    let index = runs.length
    while (index > 0 && runs[index - 1]![1] >= seq) index--
    return index
  }
  const has = (seq: number): boolean => (runs[indexAt(seq)]?.[0] ?? Number.POSITIVE_INFINITY) <= seq

  return {
    get size() {
      return size
    },
    get max() {
      return runs.at(-1)?.[1] ?? null
    },
    add(seq) {
      if (has(seq)) return false
      size++
      const index = indexAt(seq)
      const before = runs[index - 1]
      const after = runs[index]
      const joinsBefore = before?.[1] === seq - 1
      const joinsAfter = after?.[0] === seq + 1
      if (joinsBefore && joinsAfter) runs.splice(index - 1, 2, [before![0], after![1]])
      else if (joinsBefore) before![1] = seq
      else if (joinsAfter) after![0] = seq
      else runs.splice(index, 0, [seq, seq])
      return true
    },
    has,
    countIn: (after, upTo) =>
      runs.reduce(
        (sum, [from, to]) => sum + Math.max(0, Math.min(to, upTo) - Math.max(from, after + 1) + 1),
        0,
      ),
    countMissingIn(other, after, upTo) {
      let missing = 0
      for (const [from, to] of runs) {
        const last = Math.min(to, upTo)
        for (let seq = Math.max(from, after + 1); seq <= last; seq++) if (!other.has(seq)) missing++
      }
      return missing
    },
    clear() {
      runs = []
      size = 0
    },
  }
}
