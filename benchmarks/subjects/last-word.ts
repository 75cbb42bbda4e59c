/**
 * What a peer's server remembers: the last message, for a reader who comes from before it. The connect
 * scenario needs a first message; more history than that the peers do not have.
 */
export interface LastWord {
  say(word: string): void
  /** The place after all that was said: the number of the last word, as the reader puts it in its URL. */
  place(): string
  /** The last word, when the reader of this URL has not had it; else null. */
  wantedBy(url: string | undefined): string | null
}

export function createLastWord(): LastWord {
  let count = 0
  let last: string | null = null
  return {
    say(word) {
      last = word
      count++
    },
    place: () => String(count),
    wantedBy(url) {
      const since = new URL(url ?? '/', 'http://localhost').searchParams.get('since')
      return since !== null && Number(since) < count ? last : null
    },
  }
}
