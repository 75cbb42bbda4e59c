/** The handshake as text: what a tutorial does on a bare socket, where Node would have parsed the headers. */
import { createHash } from 'node:crypto'
import type { Bugs } from './bugs.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** Where Firefox had the header when the tutorial was written, the request line counted. */
const LINE_OF_THE_KEY = 5

/** The client's key in the head of a request; null when it has none. */
export function keyIn(head: string, bugs: Bugs): string | null {
  if (bugs.has('key-by-position')) return head.split('\r\n')[LINE_OF_THE_KEY]?.split(': ')[1] ?? null
  if (bugs.has('key-by-case')) return /^Sec-WebSocket-Key: (.*)\r$/m.exec(head)?.[1] ?? null
  return /^sec-websocket-key:[ \t]*(\S+)[ \t]*\r$/im.exec(head)?.[1] ?? null
}

export function acceptance(key: string): string {
  const proof = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${proof}\r\n\r\n`
  )
}

export const REFUSAL =
  'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Connection: close\r\nContent-Length: 0\r\n\r\n'
