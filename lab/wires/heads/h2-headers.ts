/**
 * Finds how far a connection of HTTP/2 holds no unfinished head, as the client's bytes pass by (RFC 9113 §4.1, §4.3).
 *
 * A head is a HEADERS frame and the CONTINUATION frames behind it. Only the server can read it, and only when it is whole:
 * until then its bytes are not known to be anyone's.
 */

/** "PRI * HTTP/2.0…", with which each client begins (§3.4). */
const PREFACE_BYTES = 24
const FRAME_HEAD_BYTES = 9
const HEADERS = 1
const CONTINUATION = 9
const END_HEADERS = 0x4

export interface HeadersWatch {
  take(bytes: Buffer): void
  /** Bytes from the beginning of the connection that hold no unfinished head. */
  readonly safeUntil: number
}

export function createHeadersWatch(): HeadersWatch {
  let seen = 0
  let safeUntil = 0
  let left = PREFACE_BYTES
  /** What has come of a frame's head, which says how long the frame is and of which kind. */
  let head: number[] = []
  let isInHead = false
  let endsHead = false

  function take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (left > 0) {
        const count = Math.min(left, bytes.length - at)
        left -= count
        at += count
        if (left === 0 && endsHead) isInHead = endsHead = false
      } else {
        head.push(bytes[at++]!)
        if (head.length === FRAME_HEAD_BYTES) begin(head)
      }
      // A frame's own head may be that of a HEADERS frame: it is safe when it is known not to be.
      if (!isInHead && head.length === 0) safeUntil = seen + at
    }
    seen += bytes.length
  }

  function begin([a = 0, b = 0, c = 0, type = 0, flags = 0]: readonly number[]): void {
    head = []
    left = (a << 16) | (b << 8) | c
    if (type !== HEADERS && type !== CONTINUATION) return
    isInHead = true
    endsHead = (flags & END_HEADERS) !== 0
    if (left === 0 && endsHead) isInHead = endsHead = false
  }

  return {
    take,
    get safeUntil() {
      return safeUntil
    },
  }
}
