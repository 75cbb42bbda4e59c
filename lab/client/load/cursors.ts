/** The lab's cursors in raw bytes. Opaque even here: what stands between the quotes is handed back as it is. */
const BEFORE_CURSOR = '"cursor":"'

/** The last whole cursor in `bytes`, and where it ends; null when there is none. */
export function lastCursor(bytes: Buffer): { readonly cursor: string; readonly end: number } | null {
  for (let at = bytes.lastIndexOf(BEFORE_CURSOR); at >= 0; at = bytes.lastIndexOf(BEFORE_CURSOR, at - 1)) {
    const from = at + BEFORE_CURSOR.length
    const end = bytes.indexOf('"', from)
    if (end >= 0) return { cursor: bytes.toString('latin1', from, end), end: end + 1 }
    if (at === 0) break
  }
  return null
}

/**
 * A reader's place on a connection that carries pages as lines. Only the cursor of a line that has come whole counts:
 * half a line is dropped with its connection.
 */
export class LineCursor {
  /** After what the next connection begins. */
  since: string
  #unfinished = Buffer.alloc(0)

  constructor(since: string) {
    this.since = since
  }

  /** A new connection: what the last one left unfinished will come again. */
  begin(): void {
    this.#unfinished = Buffer.alloc(0)
  }

  take(bytes: Buffer): void {
    const all = Buffer.concat([this.#unfinished, bytes])
    const end = all.lastIndexOf('\n') + 1
    if (end > 0) this.since = lastCursor(all.subarray(0, end))?.cursor ?? this.since
    this.#unfinished = all.subarray(end)
  }
}
