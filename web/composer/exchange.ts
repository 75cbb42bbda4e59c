/** What a raw connection has come to, for the page: its marks, the bytes of each, and how it ended in a sentence. */
import { ChatError } from '../../lab/wire/errors.ts'
import { answer } from '../scope/answers.ts'
import { createCapture } from '../scope/capture/capture.ts'
import type { Mark } from '../scope/capture/marks.ts'
import { parseRecord } from '../scope/capture/records.ts'
import type { Inspection } from '../scope/protocol.ts'
import { number } from '../words.ts'

export interface Exchange {
  readonly marks: readonly Mark[]
  /** How it ended, and what came. */
  readonly words: string
  inspect(mark: number): Inspection | null
}

/** @param value the body of the answer to `POST /wires/raw`. @throws ChatError `bad-answer` for what is none */
export function exchangeOf(value: unknown): Exchange {
  const { records, end, unsent } = (value ?? {}) as Record<string, unknown>
  if (!Array.isArray(records)) throw new ChatError('bad-answer', 'the server does not say what has passed')
  const capture = createCapture()
  let came = 0
  for (const one of records) {
    const record = parseRecord(JSON.stringify(one))
    if (!record) continue
    capture.take(record)
    if (record.kind === 'bytes' && record.direction === 'toClient') came += record.bytes.length
  }
  const marks = capture.news().marks.toSorted((a, b) => a.at - b.at || a.id - b.id)
  return {
    marks,
    words: [
      came === 0 ? 'Nothing came back.' : `${number(came)} bytes came back.`,
      ENDS[String(end)] ?? '',
      typeof unsent === 'number' && unsent > 0
        ? `${unsent === 1 ? 'The last piece was' : `The last ${unsent} pieces were`} not sent: it was over before.`
        : '',
    ].join(' '),
    inspect: (mark) => answer(capture, { kind: 'inspect', mark }) as Inspection | null,
  }
}

const ENDS: Readonly<Record<string, string>> = {
  server: 'The server closed the connection.',
  reset: 'The connection was reset.',
  time: 'The connection was still open when the time was up, and was closed here.',
  bound: 'More came than is kept, so it was closed here.',
  refused: 'The connection was refused: the lane takes none now.',
}
