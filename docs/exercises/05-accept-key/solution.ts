import { createHash } from 'node:crypto'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** What to answer in Sec-WebSocket-Accept. */
export function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64')
}

/** Whether this can be a Sec-WebSocket-Key. */
export function isKey(key: string): boolean {
  const bytes = Buffer.from(key, 'base64')
  return bytes.length === 16 && bytes.toString('base64') === key
}
