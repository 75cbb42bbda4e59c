/** The lines of a lane as they read now: edits and removals laid over what they are about. */
import { fold, type RenderedMessage } from '../../lab/client/fold.ts'
import type { ChatMessage } from '../../lab/wire/message.ts'
import type { Line } from './lines.ts'

/** A line that is shown, and how it reads; `rendered` is null for one that reads as it was said. */
export interface ReadLine {
  readonly line: Line
  readonly rendered: RenderedMessage | null
}

/**
 * Asked for each frame, so it does nothing while nothing was changed: most conversations have no edits.
 *
 * Where a new log begins, the numbers do too: an edit there is of nothing that came before.
 */
export function readingOf(lines: readonly Line[]): ReadLine[] {
  if (!lines.some((line) => line.kind === 'message' && isChange(line.message))) {
    return lines.map((line) => ({ line, rendered: null }))
  }
  const read: ReadLine[] = []
  let log: Line[] = []
  for (const line of lines) {
    if (line.kind === 'gap' && line.lost === 0) {
      read.push(...readingOfOne(log), { line, rendered: null })
      log = []
    } else log.push(line)
  }
  return [...read, ...readingOfOne(log)]
}

function readingOfOne(lines: readonly Line[]): ReadLine[] {
  const messages = lines.flatMap((line) => (line.kind === 'message' ? line.message : []))
  const bySeq = new Map(fold(messages).map((rendered) => [rendered.message.seq, rendered]))
  return lines.flatMap((line): ReadLine | [] => {
    if (line.kind === 'gap') return { line, rendered: null }
    const rendered = bySeq.get(line.message.seq)
    return rendered ? { line, rendered } : []
  })
}

const isChange = ({ note, text }: ChatMessage) => text === '' || (note !== undefined && 'seq' in note)
