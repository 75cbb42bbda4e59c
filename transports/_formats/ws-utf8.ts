/**
 * Checks UTF-8 that comes in pieces, and refuses at the first byte that cannot be valid (RFC 6455 §8.1).
 *
 * A piece may end in the middle of a character, so the state between two bytes is kept: how many more bytes the
 * character needs, and which values the next one may have. The borders are the Unicode Standard's (table 3-7):
 * they rule out overlong forms, surrogates and what lies beyond U+10FFFF already at a character's second byte.
 */
export class Utf8Validator {
  /** Bytes that the unfinished character still needs. */
  #needed = 0
  #lowest = 0x80
  #highest = 0xbf

  /** Whether no character is unfinished. */
  get isComplete(): boolean {
    return this.#needed === 0
  }

  /** @returns false as soon as a byte cannot be valid; the validator is of no use from then on */
  take(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!
      if (this.#needed > 0) {
        if (byte < this.#lowest || byte > this.#highest) return false
        this.#needed--
        this.#lowest = 0x80
        this.#highest = 0xbf
      } else if (byte >= 0x80 && !this.#begin(byte)) return false
    }
    return true
  }

  /** The first byte of a character of two, three or four. */
  #begin(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false // a continuation, an overlong two, or more than there is
    this.#needed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
    // Below these, what follows would be overlong; above those, a surrogate, or beyond U+10FFFF.
    if (byte === 0xe0) this.#lowest = 0xa0
    if (byte === 0xf0) this.#lowest = 0x90
    if (byte === 0xed) this.#highest = 0x9f
    if (byte === 0xf4) this.#highest = 0x8f
    return true
  }
}
