/**
 * Lines out of a stream of bytes.
 *
 * TCP keeps bytes in order and promises nothing else: what was written at once may come in pieces, and what was
 * written in pieces may come at once. So a protocol on it must say where a message ends; ours ends at a line feed.
 * That byte (0x0A) is part of no other character in UTF-8 (RFC 3629 §3), so lines can be found before anything
 * is decoded, and a character that was cut in two is whole again by then.
 */
import { ChatError } from '../../lab/wire/errors.ts'

const LF = 0x0a
const CR = 0x0d
const NOTHING = new Uint8Array(0)

export class LineReader {
  /** Longest line that is taken, in bytes. A peer that never ends one must not fill our memory. */
  maxBytes: number
  /** The unfinished line, in memory of our own that grows twofold: a line in pieces of one byte costs no more. */
  #unfinished = NOTHING
  #length = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /**
   * The lines that end in `bytes`, without their line feed, and without a carriage return before it, as Telnet
   * writes one (RFC 854).
   *
   * @throws ChatError `too-large` for a longer line, `bad-frame` for what is no UTF-8; lines before it have come by then
   */
  *take(bytes: Uint8Array): Generator<string, void> {
    let from = 0
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, from)) {
      this.#keep(bytes, from, at)
      from = at + 1
      yield this.#line()
    }
    this.#keep(bytes, from, bytes.length)
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from
    if (length > this.maxBytes)
      throw new ChatError('too-large', `a line may be at most ${this.maxBytes} bytes long`)
    if (length > this.#unfinished.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#unfinished.length))
      grown.set(this.#unfinished.subarray(0, this.#length))
      this.#unfinished = grown
    }
    this.#unfinished.set(bytes.subarray(from, to), this.#length)
    this.#length = length
  }

  #line(): string {
    const end = this.#unfinished[this.#length - 1] === CR ? this.#length - 1 : this.#length
    const line = this.#unfinished.subarray(0, end)
    this.#unfinished = NOTHING // an idle connection holds none
    this.#length = 0
    try {
      return utf8.decode(line)
    } catch {
      throw new ChatError('bad-frame', 'a line must be text in UTF-8')
    }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What is written for a program: one JSON object on a line. JSON writes a line feed in a text as `\n`. */
export const asLine = (value: object): string => `${JSON.stringify(value)}\n`
