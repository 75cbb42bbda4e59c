/** The proof of a WebSocket handshake (RFC 6455 §4.2.2), computed step by step. */
import { headerValue, parseHead } from '../scan/head.ts'
import { acceptFromHash, challengeOf, isKey } from '../ws-handshake.ts'
import { inHex, latin1 } from './annotation.ts'
import { sha1 } from './sha1.ts'

export interface AcceptKey {
  readonly steps: readonly { readonly what: string; readonly value: string }[]
  /** What the server said; null when it has not answered yet, or without the header. */
  readonly said: string | null
  readonly agrees: boolean | null
}

/** @param request, response their bytes; @returns null when there is no key to answer */
export function acceptKeyOf(request: Uint8Array, response: Uint8Array | null): AcceptKey | null {
  const asked = parseHead(latin1(request))
  const key = asked && headerValue(asked.headers, 'sec-websocket-key')
  if (key === undefined || key === null) return null
  const challenge = challengeOf(key)
  const hash = sha1(new TextEncoder().encode(challenge))
  const accept = acceptFromHash(hash)
  const answered = response && parseHead(latin1(response))
  const said = (answered && headerValue(answered.headers, 'sec-websocket-accept')) ?? null
  return {
    steps: [
      {
        what: isKey(key) ? 'The key: 16 random bytes in base64' : 'The key, which is not 16 bytes in base64',
        value: key,
      },
      { what: 'The protocol’s own text is put after it', value: challenge },
      { what: 'SHA-1 of these characters: 20 bytes', value: inHex(hash) },
      { what: 'These in base64', value: accept },
    ],
    said,
    agrees: said === null ? null : said === accept,
  }
}
