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
