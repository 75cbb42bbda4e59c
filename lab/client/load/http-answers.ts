/**
 * HTTP/1.1 answers, cut out of a stream of bytes: status and body, no more. Content-Length only,
 * since the servers that are measured know how long their answers are.
 */
export interface HttpAnswer {
  readonly status: number
  /** Status line and headers, without the empty line at their end. */
  readonly head: string
  /** Valid until the next bytes are taken. */
  readonly body: Buffer
}

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** @param answered called for each whole answer, in order */
export function createAnswerReader(
  answered: (answer: HttpAnswer) => void,
  fail: (why: string) => void,
): { take(bytes: Buffer): void; reset(): void } {
  /** The beginning of an answer whose end has not come. */
  let kept: Buffer[] = []
  let keptLength = 0
  /** How many bytes the unfinished answer has, head included; null while its head is not complete. */
  let wanted: number | null = null

  function take(bytes: Buffer) {
    if (kept.length > 0) {
      kept.push(Buffer.from(bytes))
      keptLength += bytes.length
      if (wanted !== null && keptLength < wanted) return // joining at every piece would be O(n²)
      bytes = Buffer.concat(kept)
      forget()
    }
    while (bytes.length > 0) {
      const headEnd = bytes.indexOf(END_OF_HEAD)
      if (headEnd < 0) return keep(bytes, null)
      const head = bytes.toString('latin1', 0, headEnd)
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
      if (length === undefined) return fail(`an answer without content-length: ${head.slice(0, 80)}`)
      const bodyAt = headEnd + END_OF_HEAD.length
      const end = bodyAt + Number(length)
      if (bytes.length < end) return keep(bytes, end)
      answered({ status: Number(head.slice(9, 12)), head, body: bytes.subarray(bodyAt, end) })
      bytes = bytes.subarray(end)
    }
  }

  function keep(bytes: Buffer, whole: number | null): void {
    kept = [Buffer.from(bytes)]
    keptLength = bytes.length
    wanted = whole
  }

  function forget(): void {
    kept = []
    keptLength = 0
    wanted = null
  }

  return { take, reset: forget }
}
