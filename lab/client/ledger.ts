/**
 * The reader's book of what has come: it lets each message through once, in order, and
 * notices what is missing. `seq` has no holes, so a hole is a loss.
 */
import type { ChatMessage, Cursor, Page } from '../wire/message.ts'

/** What the reader missed. The server said so, or `seq` did. */
export interface Gap {
  /** The last message before the gap; null when there was none. */
  readonly after: number | null
  /** The first message after it; null when none has come yet. */
  readonly before: number | null
  /** How many are missing, as far as the numbers tell: 0 when a new log began. */
  readonly lost: number
}

export interface Ledger {
  /** Where to go on reading. */
  readonly cursor: Cursor | null
  readonly received: number
  readonly duplicates: number
  readonly lost: number
  readonly gaps: number
  /** Takes in a page: which of its messages are new, and what is missing before them. */
  enter(page: Page): { readonly fresh: readonly ChatMessage[]; readonly gap: Gap | null }
}

export function createLedger(since: Cursor | null): Ledger {
  let cursor = since
  let lastSeq: number | null = null
  let received = 0
  let duplicates = 0
  let lost = 0
  let gaps = 0

  /** Whether `next` leaves a hole behind what we have; a reader who has nothing cannot tell. */
  const missingBefore = (next: number) => (lastSeq === null ? 0 : Math.max(0, next - lastSeq - 1))

  return {
    get cursor() {
      return cursor
    },
    get received() {
      return received
    },
    get duplicates() {
      return duplicates
    },
    get lost() {
      return lost
    },
    get gaps() {
      return gaps
    },
    enter(page) {
      cursor = page.cursor
      const first = page.messages[0]?.seq ?? null
      let gap: Gap | null = null
      if (page.gap) {
        gap = { after: lastSeq, before: first, lost: first === null ? 0 : missingBefore(first) }
        // The numbers may have begun again: what comes next is new, whatever we had.
        lastSeq = null
      }
      const fresh: ChatMessage[] = []
      for (const message of page.messages) {
        if (lastSeq !== null && message.seq <= lastSeq) {
          duplicates++
          continue
        }
        const missing = missingBefore(message.seq)
        if (missing > 0) gap = { after: lastSeq, before: message.seq, lost: missing + (gap?.lost ?? 0) }
        lastSeq = message.seq
        fresh.push(message)
      }
      received += fresh.length
      if (gap) {
        gaps++
        lost += gap.lost
      }
      return { fresh, gap }
    },
  }
}
