/**
 * What a scanner finds: stretches of one direction of a connection that follow each other without a hole.
 *
 * TCP carries bytes and no messages. A scanner is given the bytes of one direction in whatever pieces they come, and
 * cuts them into tiles: a request, an event, a frame. Each byte is in exactly one tile, framing included, so the sizes
 * of the tiles add up to the bytes on the wire; and where the tiles begin and end depends on the bytes alone, and
 * never on how they were cut.
 */
import { joined } from '../joined.ts'
import type { Head } from './head.ts'

/** What a connection speaks now. */
export type Protocol = 'http/1.1' | 'websocket' | 'http/2'

/** Where a tile's body was within its chunk when it began: what an annotation needs to read it again. */
export interface BodyState {
  /** Null for a body that is not chunked. Otherwise the bytes left of the chunk; 0 before a chunk's size, −1 before its CRLF. */
  readonly chunkLeft: number | null
}

export type Tile =
  /** A whole message, or the head alone when the body is a stream. `body` is decoded from its chunks, and bounded. */
  | {
      readonly kind: 'message'
      readonly head: Head
      readonly body: Uint8Array | null
      readonly isOpen: boolean
    }
  /** An event with data, of `text/event-stream`. */
  | { readonly kind: 'event'; readonly text: string; readonly body: BodyState }
  /** A comment, or an empty block: nothing but a sign of life. */
  | { readonly kind: 'comment'; readonly body: BodyState }
  /** `retry`, alone. */
  | { readonly kind: 'setting'; readonly text: string; readonly body: BodyState }
  | { readonly kind: 'line'; readonly text: string; readonly body: BodyState }
  | { readonly kind: 'empty line'; readonly body: BodyState }
  /** The end of a streamed body, or what of it came before the connection was closed. */
  | { readonly kind: 'end'; readonly isWhole: boolean; readonly body: BodyState }
  | { readonly kind: 'frame'; readonly frame: SeenFrame }
  | { readonly kind: 'http2'; readonly frame: SeenHttp2Frame }
  /** Bytes of no protocol that is known, by lines. */
  | { readonly kind: 'raw'; readonly text: string; readonly problem: string | null }

export interface SeenFrame {
  readonly opcode: number
  readonly fin: boolean
  readonly compressed: boolean
  readonly masked: boolean
  /** Bytes of payload. */
  readonly length: number
  /** The unmasked payload, to at most {@link MAX_KEPT} bytes. */
  readonly payload: Uint8Array
}

export interface SeenHttp2Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly length: number
  /** To at most {@link MAX_KEPT} bytes. */
  readonly payload: Uint8Array
}

/** Of one tile, no more bytes than this are looked into: a page has at most 96 KiB, and memory must be bounded. */
export const MAX_KEPT = 512 * 1024

/** Called for each tile in order. @param from, to offsets in the direction, in bytes; the next begins at `to` */
export type OnTile = (tile: Tile, from: number, to: number) => void

/** Collects bytes without joining them each time; what is beyond the bound is counted and not kept. */
export class Kept {
  #parts: Uint8Array[] = []
  #length = 0

  add(bytes: Uint8Array): void {
    const room = MAX_KEPT - this.#length
    if (room <= 0 || bytes.length === 0) return
    const part = bytes.length > room ? bytes.subarray(0, room) : bytes
    this.#parts.push(part)
    this.#length += part.length
  }

  take(): Uint8Array {
    const all = joined(this.#parts)
    this.#parts = []
    this.#length = 0
    return all
  }
}

export const utf8 = new TextDecoder()
