import { createHash } from 'node:crypto'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** What to answer in Sec-WebSocket-Accept. */
export function acceptFor(key: string): string {
  return createHash('sha1')
    .update(GUID + key)
    .digest('hex')
}

/** Whether this can be a Sec-WebSocket-Key. */
export function isKey(key: string): boolean {
  return key !== ''
}
