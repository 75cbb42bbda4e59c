/** Mistakes that hand-made WebSocket codecs have, each with the case that must notice it, and what that case says. */
import type { Change } from './planted.ts'

export interface CodecDefect extends Change {
  readonly name: string
  /** How people come to make it. */
  readonly story: string
  readonly caughtBy: string
  /** It must fail for this reason and no other. */
  readonly says: RegExp
}

const ANY = 'any messages, in any fragments, masked or not, cut into any reads, come out as they went in'

export const codecDefects: readonly CodecDefect[] = [
  {
    name: 'a read is taken for a whole number of frames',
    story: 'On one machine, with short messages, it nearly always is.',
    file: 'ws-parser.ts',
    from: 'if (at + size <= bytes.length) {',
    to: 'if (true) {',
    caughtBy: ANY,
    says: /Property failed/,
  },
  {
    name: 'the mask starts over with each read',
    story: 'The index into the key is that of the piece, and not of the payload.',
    file: 'ws-parser.ts',
    from: 'copyMasked(bytes, at, end, this.#message, this.#size, this.#key, phase)',
    to: 'copyMasked(bytes, at, end, this.#message, this.#size, this.#key, 0)',
    caughtBy: ANY,
    says: /Property failed/,
  },
  {
    name: 'a 64-bit length is put together by shifts',
    story: 'In JavaScript they are of 32 bits: a claim of 4 GiB and 5 bytes is one of 5.',
    file: 'ws-header.ts',
    from: 'length = length * 256 + bytes[i]!',
    to: 'length = (length << 8) | bytes[i]!',
    caughtBy: 'a length of more than 32 bits is refused with 1009 and not cut to something smaller',
    says: /expected .* to deeply equal/,
  },
  {
    name: 'a length of 126 is written in seven bits',
    story: 'The border is at 125, since 126 means something else.',
    file: 'ws-encoder.ts',
    from: 'if (length <= MAX_SHORT) {',
    to: 'if (length <= 126) {',
    caughtBy: 'every length is written in the fewest bytes, and read back',
    says: /expected .* to deeply equal/,
  },
  {
    name: 'any number of bytes may be spent on a length',
    story: 'It reads the same; but two who judge by it, a proxy and a server, may part ways.',
    file: 'ws-header.ts',
    from: 'if (length <= least)',
    to: 'if (length < 0)',
    caughtBy: 'a length that is written in more bytes than it needs is refused with 1002',
    says: /failed/,
  },
  {
    name: 'the mask is not asked for',
    story: 'Browsers always mask, so no test with a browser misses the check.',
    file: 'ws-header.ts',
    from: 'if (((second & MASK) !== 0) !== masked)',
    to: 'if (false)',
    caughtBy: 'a frame without a mask is refused on a server, and one with a mask on a client',
    says: /failed/,
  },
  {
    name: 'reserved bits are not looked at',
    story: 'A mask of four bits gives the opcode, and the other bits are forgotten.',
    file: 'ws-header.ts',
    from: 'if (first & RESERVED)',
    to: 'if (false)',
    caughtBy: 'each reserved bit is refused with 1002, on every kind of frame',
    says: /failed/,
  },
  {
    name: 'a ping is counted as a part of the message around it',
    story: 'Fragments were made to work first, and control frames came later.',
    file: 'ws-parser.ts',
    from: 'if (!isControl(opcode)) this.#countFragment(opcode, length)',
    to: 'this.#countFragment(opcode, length)',
    caughtBy: 'a control frame between two fragments comes before the message, and does not disturb it',
    says: /expected .* to deeply equal/,
  },
  {
    name: 'UTF-8 is checked at the end of a message only',
    story: 'It is simpler, and a peer that never ends the message is waited for.',
    file: 'ws-parser.ts',
    from: 'if (this.#opcode === TEXT && !this.#utf8!.take(this.#message, this.#size, size)) throw notUtf8()',
    to: 'if (this.#first & FIN && this.#left === 0 && this.#opcode === TEXT && !this.#utf8!.take(this.#message, 0, size)) throw notUtf8()',
    caughtBy: 'a text that is not UTF-8 fails with 1007 at the first byte that shows it',
    says: /failed|expected/,
  },
  {
    name: 'each fragment must be valid UTF-8 by itself',
    story: 'A fragment is decoded as it comes; but a character may be cut in two.',
    file: 'ws-parser.ts',
    from: '} else if (this.#first & FIN) this.#endMessage()',
    to: '} else if (this.#first & FIN) this.#endMessage()\n    else if (this.#opcode === TEXT && !this.#utf8!.isComplete) throw notUtf8()',
    caughtBy: 'a character may be cut by fragments and by reads',
    says: /expected .* to deeply equal/,
  },
  {
    name: 'surrogates are let through',
    story: 'They look like characters of three bytes.',
    file: 'ws-utf8.ts',
    from: 'if (byte === 0xed) this.#highest = 0x9f',
    to: 'if (false) this.#highest = 0x9f',
    caughtBy: 'text is taken exactly when another decoder takes it too',
    says: /Property failed/,
  },
  {
    name: 'any close code is taken',
    story: 'It is only passed on to the application.',
    file: 'ws-parser.ts',
    from: 'if (!isCloseCode(code))',
    to: 'if (false)',
    caughtBy: 'a close code that must not be sent is refused with 1002, and every other one is taken',
    says: /expected .* to deeply equal/,
  },
  {
    name: 'frames after a close frame are still read',
    story: 'The loop goes on while there are bytes.',
    file: 'ws-parser.ts',
    from: '  #endAll(payload: Uint8Array): void {\n    this.stop()',
    to: '  #endAll(payload: Uint8Array): void {',
    caughtBy: 'a close frame is told with its code and reason, and nothing is parsed after it',
    says: /expected .* to deeply equal/,
  },
  {
    name: 'the limit of a message is held against each frame alone',
    story: 'The header is where the length is, and the header knows nothing of its message.',
    file: 'ws-parser.ts',
    from: 'if (this.#size + length > maxMessage)',
    to: 'if (length > maxMessage)',
    caughtBy:
      'the fragments of a message are held against its limit together, and each message starts from zero',
    says: /failed/,
  },
  {
    name: 'empty fragments are not counted',
    story: 'They add nothing to the message, and each is work.',
    file: 'ws-parser.ts',
    from: 'if (++this.#fragments > maxFragments)',
    to: 'if (length > 0 && ++this.#fragments > maxFragments)',
    caughtBy: 'fragments are counted, empty ones too, and each message starts from zero',
    says: /failed/,
  },
  {
    name: 'a growing message is moved for every fragment',
    story: 'Each is put behind the last in memory of just the right size: the cost grows with the square.',
    file: 'ws-parser.ts',
    from: 'Math.max(size, Math.min(2 * length, most))',
    to: 'size',
    caughtBy: 'a message in 2,048 fragments is moved a few times and not once for each of them',
    says: /less than/,
  },
]
