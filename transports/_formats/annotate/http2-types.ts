/** The frames of HTTP/2 (RFC 9113 §6), by the number that names them on the wire. */
export interface Http2Type {
  readonly name: string
  readonly meaning: string
  /** Its flags, by bit. */
  readonly flags: Readonly<Record<number, string>>
}

const END_STREAM = { 1: 'END_STREAM' }
const END_HEADERS = { 4: 'END_HEADERS' }
const PADDED = { 8: 'PADDED' }
const ACK = { 1: 'ACK' }

export const HTTP2_TYPES: Readonly<Record<number, Http2Type>> = {
  0: { name: 'DATA', meaning: 'content of a stream', flags: { ...END_STREAM, ...PADDED } },
  1: {
    name: 'HEADERS',
    meaning: 'a head, compressed by HPACK (RFC 7541)',
    flags: { ...END_STREAM, ...END_HEADERS, ...PADDED, 32: 'PRIORITY' },
  },
  2: { name: 'PRIORITY', meaning: 'a wish that servers no longer heed', flags: {} },
  3: { name: 'RST_STREAM', meaning: 'this stream ends at once; the connection goes on', flags: {} },
  4: { name: 'SETTINGS', meaning: 'what this side can take', flags: ACK },
  5: {
    name: 'PUSH_PROMISE',
    meaning: 'a response that was not asked for',
    flags: { ...END_HEADERS, ...PADDED },
  },
  6: { name: 'PING', meaning: 'are you there? The other side answers with ACK', flags: ACK },
  7: { name: 'GOAWAY', meaning: 'no new streams: the connection will be closed', flags: {} },
  8: { name: 'WINDOW_UPDATE', meaning: 'the receiver has room for so many bytes more', flags: {} },
  9: { name: 'CONTINUATION', meaning: 'the head goes on', flags: END_HEADERS },
}
