/** The opening handshake, server side (RFC 6455 §4.2): what a request must have, and the answer that ends HTTP. */
import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { acceptFromHash, challengeOf, isKey, subprotocolsIn, VERSION } from '../_formats/ws-handshake.ts'

export interface Handshake {
  readonly key: string
  /** The subprotocol that the client likes best; null when it offers none. */
  readonly protocol: string | null
}

/** Why a request is not a handshake. It is answered over HTTP, with this status. */
export interface Refusal {
  /** 426 for a version that we do not speak (§4.4), 400 for what no version would take. */
  readonly status: 400 | 426
  readonly why: string
}

/** What every refusal says besides: which protocol and version would do (§4.4; RFC 9110 §15.5.22). HTTP/2 leaves out the first. */
export const WANTED: Readonly<Record<string, string>> = {
  upgrade: 'websocket',
  'sec-websocket-version': VERSION,
}

/** Reads the headers of a request that asks to be upgraded. Extensions are not looked at: none is agreed on. */
export function readHandshake(headers: IncomingHttpHeaders): Handshake | Refusal {
  const key = headers['sec-websocket-key']
  if (headers['sec-websocket-version'] !== VERSION)
    return { status: 426, why: `this server speaks WebSocket version ${VERSION}` }
  // Node puts two keys into one value, with a comma between: that is none either.
  if (!isKey(key)) return { status: 400, why: 'Sec-WebSocket-Key must be 16 bytes in base64, once' }
  const protocols = subprotocolsIn(headers['sec-websocket-protocol'])
  if (!protocols) return { status: 400, why: 'Sec-WebSocket-Protocol must be a list of different tokens' }
  return { key, protocol: protocols[0] ?? null }
}

/**
 * Answers 101. What comes after its last byte, in both directions, are frames.
 *
 * @returns false when the peer has gone in the meantime: its socket is destroyed, and would never tell that it closed
 */
export function accept(socket: Duplex, { key, protocol }: Handshake): boolean {
  if (!socket.readable || !socket.writable) {
    socket.destroy()
    return false
  }
  // `createHash` would leave an object outside of the heap for each handshake, until garbage is collected.
  const proof = acceptFromHash(hash('sha1', challengeOf(key), 'buffer'))
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${proof}\r\n${protocol === null ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`,
  )
  return true
}
