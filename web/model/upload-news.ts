/**
 * What a page says of the files it was given, batch by batch: several may be on their way at once, and what became of
 * one must not wipe out why another was refused.
 */
import { number } from '../words.ts'
import { type Outcome, outcomesInWords } from './uploads.ts'

interface Batch {
  readonly count: number
  /** Null while it is on its way. */
  outcomes: readonly Outcome[] | null
}

export type UploadNews = ReturnType<typeof createUploadNews>

/** @param onChange called when {@link UploadNews.words} has changed */
export function createUploadNews(onChange: () => void) {
  let batches: readonly Batch[] = []
  return {
    /** Sentences, oldest batch first. */
    get words(): readonly string[] {
      return batches.flatMap(({ count, outcomes }) => {
        if (outcomes) return outcomesInWords(outcomes)
        return count === 1 ? 'Sending the file…' : `Sending ${number(count)} files…`
      })
    },
    /**
     * Files set out. What has arrived by then is news no more; what was refused stays until it is dismissed, or tried
     * again.
     *
     * @param names as {@link Outcome} has them
     * @returns call it with what became of them
     */
    begin(names: readonly string[]): (outcomes: readonly Outcome[]) => void {
      const batch: Batch = { count: names.length, outcomes: null }
      for (const earlier of batches) {
        earlier.outcomes &&= earlier.outcomes.filter(
          ({ name, problem }) => problem !== null && !names.includes(name),
        )
      }
      batches = [...batches, batch]
      onChange()
      return (outcomes) => {
        batch.outcomes = outcomes
        onChange()
      }
    },
    /** A person has read it. What is still on its way will tell all the same. */
    dismiss(): void {
      batches = batches.filter(({ outcomes }) => outcomes === null)
      onChange()
    },
  }
}
