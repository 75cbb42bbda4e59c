/**
 * The opening handshake's proof (RFC 6455 §1.3, §4.2.2): the client sends 16 random bytes in base64, and the server
 * answers with the SHA-1 of that text and a fixed one. It proves that a WebSocket server has read the request, and
 * not a cache or an HTTP server that echoes. It is no secret and no signature.
 *
 * SHA-1 is the platform's: `createHash('sha1')` in Node, `crypto.subtle.digest('SHA-1', …)` in a browser.
 *
 *     const accept = acceptFromHash(createHash('sha1').update(challengeOf(key)).digest())
 */
export const VERSION = '13'

/** §1.3: chosen at random for this protocol, so that no other server would append it by accident. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** What to hash: the key as it came, in base64, and the protocol's own text. */
export const challengeOf = (key: string): string => key + GUID

/** The value of `Sec-WebSocket-Accept`. @param hash 20 bytes */
export const acceptFromHash = (hash: Uint8Array): string => btoa(String.fromCharCode(...hash))

/** Whether it is 16 bytes in base64, as §4.1 wants. */
export const isKey = (value: string | undefined): value is string =>
  value !== undefined && /^[A-Za-z0-9+/]{22}==$/.test(value)

/** A token of HTTP (RFC 9110 §5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/**
 * The subprotocols that a client offers, in its order of preference (§4.1).
 *
 * @returns null when the header is malformed: an empty element, what is no token, or a name twice
 */
export function subprotocolsIn(header: string | undefined): string[] | null {
  if (header === undefined) return []
  const names = header.split(',').map((name) => name.replace(/^[ \t]+|[ \t]+$/g, ''))
  return names.every((name) => TOKEN.test(name)) && new Set(names).size === names.length ? names : null
}
