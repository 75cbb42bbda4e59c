/**
 * One direction of a connection, from its first byte: HTTP/1.1 messages one after the other, until one of them hands
 * the connection over to WebSocket or HTTP/2.
 *
 * Bytes that are no HTTP are shown by lines, until a line begins a message. Where the beginning is missing, the form of
 * the first bytes tells what they are (guess.ts), or they too are shown by lines: nothing is lost.
 */
import { type BodyScanner, createBodyScanner } from './body.ts'
import { createHttp2Scanner, createWebSocketScanner, type FrameScanner } from './frames.ts'
import { guess } from './guess.ts'
import { framingOf, type Head, isStartLine, parseHead, upgradesToWebSocket } from './head.ts'
import { createStreamedBody, type StreamedBody, streamedMediaOf } from './streamed.ts'
import { Kept, type OnTile, type Protocol, utf8 } from './tiles.ts'

/** What one direction knows of the other. Both scanners of a connection share one. */
export interface Dialogue {
  /** Methods of the requests that have not been answered, oldest first. */
  readonly asked: string[]
  protocol: Protocol
}

export const createDialogue = (): Dialogue => ({ asked: [], protocol: 'http/1.1' })

export interface Scanner {
  /** @param wire the offset of the first byte. A hole before it is told as lost, and reading begins again after it */
  take(bytes: Uint8Array, wire: number): void
  /** The connection was closed: what is not whole becomes the last tile. */
  end(): void
}

/** Longest head, in bytes: Node takes 16 KiB, and a head without an end must not fill the memory. */
const MAX_HEAD = 64 * 1024
/** A line of no protocol is cut here, so that it is shown before it ends. */
const MAX_RAW = 4_096
const LF = 10
const CR = 13

export const NOT_HTTP = 'These bytes are no HTTP/1.1 message.'
export const BEGINNING_LOST = 'What came before is no longer kept, so this is shown by lines.'
const BROKEN_CHUNK = 'A chunk must begin with its size in hexadecimal (RFC 9112 §7.1).'
const CUT_OFF = 'The connection was closed in the middle of it.'

type State =
  | { readonly kind: 'start' } // before a start line, or between lines of no protocol
  | { readonly kind: 'head' }
  | {
      readonly kind: 'body'
      /** Null when it was not seen. */
      readonly head: Head | null
      readonly body: BodyScanner
      readonly streamed: StreamedBody | null
    }
  | { readonly kind: 'frames'; readonly frames: FrameScanner }
  | { readonly kind: 'guess' } // after a hole

/** The connection preface of HTTP/2, and what of it follows what reads like a head (RFC 9113 §3.4). */
const PREFACE = 24
const PREFACE_REST = 6

/** @param isClient whether this is what the client sends: it alone begins HTTP/2 with a preface */
export function createScanner(dialogue: Dialogue, isClient: boolean, onTile: OnTile): Scanner {
  let state: State = { kind: 'start' }
  /** Where the next bytes must begin; null before the first. */
  let next: number | null = null
  /** Where the tile begins that is being read, and what has come of it in `start` and `head`. */
  let from = 0
  let size = 0
  let lineLength = 0
  let beganWithCr = false
  const kept = new Kept()
  /** Why the next lines are no messages; null at a place where a message may begin. */
  let problem: string | null = null
  let prefaceLeft = 0
  /** What has come after a hole, until it can be told what it is: some bytes. */
  let untold: Uint8Array = new Uint8Array(0)

  function close(to: number): [from: number, to: number] {
    const start = from
    from = to
    size = 0
    lineLength = 0
    return [start, to]
  }

  function raw(to: number, why: string | null): void {
    onTile({ kind: 'raw', text: utf8.decode(kept.take()), problem: why }, ...close(to))
  }

  function onStartLine(to: number): void {
    const bytes = kept.take()
    kept.add(bytes)
    const line = utf8.decode(bytes).replace(/\r?\n$/, '')
    if (isStartLine(line) || line === PRI) {
      state = { kind: 'head' }
      problem = null
    } else raw(to, problem ?? NOT_HTTP)
  }

  function onHead(to: number): void {
    const bytes = kept.take()
    const head = parseHead(utf8.decode(bytes))
    if (!head) {
      kept.add(bytes) // the preface: two bytes of what follows would be taken for a line
      prefaceLeft = PREFACE_REST
      dialogue.protocol = 'http/2'
      return
    }
    const isInterim = head.kind === 'response' && head.status < 200 && head.status !== 101
    if (head.kind === 'request') dialogue.asked.push(head.method)
    const method = head.kind === 'response' && !isInterim ? dialogue.asked.shift() : ''
    const framing = framingOf(head, method)
    if (head.kind === 'response' && head.status === 101 && upgradesToWebSocket(head))
      dialogue.protocol = 'websocket'
    const media = framing.kind === 'none' ? null : streamedMediaOf(head)
    state = { kind: 'start' }
    if (framing.kind === 'none' || media)
      onTile({ kind: 'message', head, body: null, isOpen: media !== null }, ...close(to))
    if (framing.kind === 'none') return
    const streamed = media && createStreamedBody(media, to, framing.kind === 'chunked', onTile)
    state = { kind: 'body', head, body: createBodyScanner(framing), streamed }
  }

  function endBody(to: number, isWhole: boolean): void {
    if (state.kind !== 'body') return
    const { head, streamed } = state
    state = { kind: 'start' }
    if (streamed || !head) {
      from = streamed?.from ?? from
      const body = streamed?.state ?? { chunkLeft: null }
      if (to > from || isWhole) onTile({ kind: 'end', isWhole, body }, ...close(Math.max(to, from)))
    } else onTile({ kind: 'message', head, body: kept.take(), isOpen: !isWhole }, ...close(to))
  }

  function takeLine(bytes: Uint8Array, wire: number): number {
    const end = bytes.indexOf(LF)
    const most = (state.kind === 'head' ? MAX_HEAD : MAX_RAW) - size
    const piece = bytes.subarray(0, Math.min(end < 0 ? bytes.length : end + 1, most))
    kept.add(piece)
    size += piece.length
    const to = wire + piece.length
    const isLine = piece.at(-1) === LF
    if (lineLength === 0) beganWithCr = piece[0] === CR
    lineLength += piece.length
    if (isLine) {
      const isEmpty = lineLength === 1 || (lineLength === 2 && beganWithCr)
      lineLength = 0
      if (state.kind === 'start') onStartLine(to)
      else if (isEmpty) onHead(to)
    }
    // A line or a head without an end is shown as it is.
    if (size >= (state.kind === 'head' ? MAX_HEAD : MAX_RAW)) {
      state = { kind: 'start' }
      raw(to, problem ?? NOT_HTTP)
    }
    return piece.length
  }

  /** @returns how many bytes were taken: not all of them when something else begins after them */
  function step(bytes: Uint8Array, wire: number): number {
    if (prefaceLeft > 0) {
      const rest = bytes.subarray(0, prefaceLeft)
      kept.add(rest)
      prefaceLeft -= rest.length
      if (prefaceLeft > 0) return rest.length
      state = { kind: 'start' }
      raw(wire + rest.length, null)
      return rest.length
    }
    if (state.kind === 'frames') {
      state.frames.take(bytes, wire)
      from = state.frames.from
      return bytes.length
    }
    if (state.kind === 'body') {
      const { body, streamed } = state
      const taken = body.take(bytes, wire, (run, at, left) => {
        if (streamed) streamed.take(run, at, left)
        else kept.add(run)
      })
      if (body.isBroken) problem = BROKEN_CHUNK
      if (body.isOver || body.isBroken) endBody(wire + taken, body.isOver)
      return taken
    }
    const switches = dialogue.protocol !== 'http/1.1' && state.kind === 'start' && size === 0
    if (switches && problem === null) {
      const create = dialogue.protocol === 'websocket' ? createWebSocketScanner : createHttp2Scanner
      state = { kind: 'frames', frames: create(wire, onTile) }
      return 0
    }
    return takeLine(bytes, wire)
  }

  /** After a hole: goes on as what the bytes look like. */
  function tell(told: ReturnType<typeof guess>, wire: number): void {
    state = { kind: 'start' }
    if (told === 'lines') problem = BEGINNING_LOST
    else if (told === 'websocket' || told === 'http/2') dialogue.protocol = told
    else if (told !== 'more') {
      const streamed = createStreamedBody(told, wire, true, onTile)
      state = { kind: 'body', head: null, body: createBodyScanner({ kind: 'chunked' }), streamed }
    }
  }

  /** What has come of a tile will not be whole: the connection was closed, or bytes are missing. */
  function cut(): void {
    if (next === null) return
    if (state.kind === 'body') endBody(next, state.body.isOver || state.body.endsByClose)
    if (next > from) {
      state = { kind: 'start' }
      kept.add(untold)
      untold = new Uint8Array(0)
      raw(next, CUT_OFF)
    }
  }

  return {
    take(bytes, wire) {
      if (bytes.length === 0) return
      if (next !== wire && !(next === null && wire === 0)) {
        cut()
        kept.take()
        close(wire)
        state = { kind: 'guess' }
        dialogue.asked.length = 0
      }
      if (wire === 0 && isClient && dialogue.protocol === 'http/2') prefaceLeft = PREFACE
      next = wire + bytes.length
      if (state.kind === 'guess') {
        const first = Uint8Array.of(...untold, ...bytes.subarray(0, MAX_UNTOLD - untold.length))
        const told = guess(first, isClient, dialogue.protocol)
        if (told === 'more') {
          untold = first
          return
        }
        const before = untold
        untold = new Uint8Array(0)
        tell(told, wire - before.length)
        scanAll(before, wire - before.length)
      }
      scanAll(bytes, wire)
    },
    end() {
      cut()
    },
  }

  function scanAll(bytes: Uint8Array, wire: number): void {
    for (let at = 0; at < bytes.length; ) at += step(bytes.subarray(at), wire + at)
  }
}

const PRI = 'PRI * HTTP/2.0'
/** A guess needs no more: the longest header of a frame has 14 bytes. */
const MAX_UNTOLD = 16
