/**
 * The verdict over a history: what the server promised to a client and did not keep.
 *
 * A history is what people saw from outside: what they wrote, what they were told about it, what was
 * shown to them, and at the end the log itself, read after one more kill -9. It is judged by the
 * promises alone, and nothing in here knows how a server works.
 */
import type { Gap } from '../../client/ledger.ts'
import type { ChatMessage, Draft } from '../../wire/message.ts'

export interface History {
  /** What was written, in the order in which each author wrote it. */
  readonly published: readonly Draft[]
  /** What the server said to it. */
  readonly acknowledged: readonly ChatMessage[]
  readonly readers: readonly Reader[]
  /** The log as it is kept. */
  readonly log: readonly ChatMessage[]
  /** Whether everybody has had the time to catch up, and every draft to be answered. */
  readonly isOver: boolean
}

/** A reader who has listened from the first message on. */
export interface Reader {
  readonly name: string
  readonly shown: readonly ChatMessage[]
  readonly gaps: readonly Gap[]
  /** Messages that came again, and were not shown again. */
  readonly repeated: number
}

export type Kind = 'lost' | 'duplicated' | 'reordered' | 'phantom'

export interface Violation {
  readonly kind: Kind
  readonly what: string
}

export function judge(history: History): Violation[] {
  const violations: Violation[] = []
  const blame = (kind: Kind, what: string) => void violations.push({ kind, what })
  judgeLog(history, blame)
  judgeAcknowledgements(history, blame)
  for (const reader of history.readers) judgeReader(reader, history, blame)
  return violations
}

type Blame = (kind: Kind, what: string) => void

/** The log has each draft at most once, none that no author wrote, without a hole, and each author's in order. */
function judgeLog({ published, log }: History, blame: Blame): void {
  const written = new Map(published.map((draft, index) => [keyOf(draft), { draft, index }]))
  const seen = new Map<string, number>()
  const lastOf = new Map<string, number>()
  for (const [i, message] of log.entries()) {
    const { seq, author } = message
    if (seq !== i + 1)
      blame(seq > i + 1 ? 'lost' : 'reordered', `the log has number ${seq} in place ${i + 1}`)
    const source = written.get(keyOf(message))
    if (source?.draft.text !== message.text)
      blame('phantom', `the log has ${name(message)}, which no author wrote`)
    const before = seen.get(keyOf(message))
    if (before !== undefined)
      blame('duplicated', `the log has ${name(message)}, and has it as ${before} already`)
    seen.set(keyOf(message), seq)
    if (source && before === undefined) {
      const last = lastOf.get(author) ?? -1
      if (source.index < last)
        blame('reordered', `the log has ${name(message)} behind what ${author} wrote later`)
      lastOf.set(author, Math.max(last, source.index))
    }
  }
}

/** What was acknowledged is there, in the place that was named. */
function judgeAcknowledgements({ published, acknowledged, log, isOver }: History, blame: Blame): void {
  for (const message of acknowledged) {
    if (!isSame(log[message.seq - 1], message))
      blame('lost', `${name(message)} was acknowledged and is not in the log`)
  }
  if (!isOver) return
  const answered = new Set(acknowledged.map(keyOf))
  for (const draft of published) {
    if (!answered.has(keyOf(draft))) blame('lost', `draft ${draft.draftId} was never answered`)
  }
}

/** What was shown is the log, from its beginning, and to its end when all is over. */
function judgeReader(
  { name: who, shown, gaps, repeated }: Reader,
  { log, isOver }: History,
  blame: Blame,
): void {
  let expected = 1
  for (const message of shown) {
    if (message.seq > expected) blame('lost', `${who} was not shown ${expected} to ${message.seq - 1}`)
    if (message.seq < expected) blame('reordered', `${who} was shown ${name(message)} after ${expected - 1}`)
    if (!isSame(log[message.seq - 1], message))
      blame('phantom', `${who} was shown ${name(message)}, not in the log`)
    expected = message.seq + 1
  }
  if (isOver && expected <= log.length) blame('lost', `${who} was not shown ${expected} to ${log.length}`)
  for (const { after, before } of gaps)
    blame('lost', `${who} was told of a gap between ${after} and ${before}`)
  if (repeated > 0) blame('duplicated', `${repeated} messages were sent to ${who} twice`)
}

const keyOf = ({ author, draftId }: Draft) => `${author}\0${draftId}`
const name = ({ seq, draftId }: ChatMessage) => `${draftId} as ${seq}`

function isSame(one: ChatMessage | undefined, other: ChatMessage): boolean {
  return (
    one !== undefined &&
    one.seq === other.seq &&
    one.draftId === other.draftId &&
    one.author === other.author &&
    one.text === other.text &&
    one.publishedAt === other.publishedAt
  )
}
