/**
 * What is no client of ours: a program that speaks TLS or HTTP to this port, by mistake or because a page in a browser
 * made it.
 *
 * A page may have the browser send a request to any port of this machine, and chooses its body. If we passed over the
 * headers as lines that we do not know, the body would be read as the transport's protocol. So the first line decides,
 * and a request line ends the connection (docs/decisions/037-tcp-transports.md). Each is told in its own protocol.
 */

/** A TLS record of type handshake, of any version (RFC 8446 §5.1). Its second byte is in no line of text. */
export const beginsTls = (bytes: Uint8Array): boolean => bytes[0] === 0x16 && (bytes[1] ?? 0x03) === 0x03

/** Alert record, version 1.2, two bytes: fatal (2), unexpected_message (10) (RFC 8446 §6). */
export const TLS_ALERT = Uint8Array.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a)

/** A request line of HTTP/1, or the first of HTTP/2's preface (RFC 9112 §3, RFC 9113 §3.4). */
export const isRequestLine = (line: string): boolean => /^[!-~]+ \S+ HTTP\/\d/.test(line)

const SAID =
  'This port is the lab’s plain TCP transport. It speaks lines of JSON and not HTTP: try nc, or the port of the page.\n'

export const HTTP_REFUSAL =
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n' +
  `Content-Length: ${Buffer.byteLength(SAID)}\r\n\r\n${SAID}`
