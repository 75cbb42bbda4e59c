/** The body of an HTTP/1.1 message (RFC 9112 §6, §7): its end, and its content without the chunks around it. */
import type { Framing } from './head.ts'

export interface BodyScanner {
  /**
   * Takes what belongs to the body.
   *
   * @param wire where on the wire `bytes` begins
   * @param onRun told of each run of content, and the bytes of its chunk that follow it; null without chunks
   * @returns how many of `bytes` it has taken; less than all when the body has ended
   */
  take(bytes: Uint8Array, wire: number, onRun: OnRun): number
  readonly isOver: boolean
  /** Whether what came was no chunk where one was due: the rest cannot be cut. */
  readonly isBroken: boolean
  /** Whether it is over, and whole, when the connection is closed. */
  readonly endsByClose: boolean
}

export type OnRun = (run: Uint8Array, wire: number, left: number | null) => void

export function createBodyScanner(framing: Framing): BodyScanner {
  if (framing.kind === 'chunked') return createChunkScanner()
  let left =
    framing.kind === 'length' ? framing.length : framing.kind === 'none' ? 0 : Number.POSITIVE_INFINITY
  return {
    isBroken: false,
    endsByClose: framing.kind === 'until close',
    get isOver() {
      return left === 0
    },
    take(bytes, wire, onRun) {
      const run = bytes.length > left ? bytes.subarray(0, left) : bytes
      left -= run.length
      if (run.length > 0) onRun(run, wire, null)
      return run.length
    },
  }
}

/** Longest line of a chunk's size or of a trailer, in bytes: nothing of ours comes near. */
const MAX_LINE = 4_096
const LF = 10
const CR = 13

function createChunkScanner(): BodyScanner {
  let state: 'size' | 'data' | 'after data' | 'trailer' | 'over' | 'broken' = 'size'
  let line = ''
  let left = 0

  function onLine(): void {
    if (state === 'after data') state = line === '' ? 'size' : 'broken'
    else if (state === 'trailer') state = line === '' ? 'over' : 'trailer'
    else {
      const [size = ''] = line.split(';')
      if (!/^[0-9a-f]{1,12}[ \t]*$/i.test(size)) state = 'broken'
      else {
        left = Number.parseInt(size, 16)
        state = left === 0 ? 'trailer' : 'data'
      }
    }
    line = ''
  }

  return {
    endsByClose: false,
    get isOver() {
      return state === 'over'
    },
    get isBroken() {
      return state === 'broken'
    },
    take(bytes, wire, onRun) {
      let at = 0
      while (at < bytes.length && state !== 'over' && state !== 'broken') {
        if (state === 'data') {
          const run = bytes.subarray(at, at + left)
          left -= run.length
          if (left === 0) state = 'after data'
          onRun(run, wire + at, left)
          at += run.length
          continue
        }
        const byte = bytes[at++]!
        if (byte === LF) onLine()
        else if (byte !== CR) line += String.fromCharCode(byte)
        if (line.length > MAX_LINE) state = 'broken'
      }
      return at
    },
  }
}
