/**
 * Finds where each response ends on a connection of HTTP/1.1, as its bytes pass by (RFC 9112 §6.3).
 *
 * A proxy that keeps a response back must know when it is whole, or it would keep the short ones too, for ever.
 */
import type { RequestHead } from '../../heads/request-heads.ts'

/** A head that has no end within so many bytes is none; then all passes. */
const MAX_HEAD_BYTES = 64 * 1024
const END_OF_HEAD = '\r\n\r\n'

/** `head`, `body`; `rest`: the body lasts until the connection ends; `tunnel`: no HTTP any more, or never was. */
export type ResponseState = 'head' | 'body' | 'rest' | 'tunnel'

export interface ResponseHead {
  readonly status: number
  /** In lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** With its end. */
  readonly text: string
}

export interface ResponseFraming {
  readonly state: ResponseState
  /** The request whose response comes next: whether it has a body depends on the method. */
  asked(request: Pick<RequestHead, 'method'>): void
  /** Tells the bytes in their parts, in their order. */
  take(bytes: Buffer): void
}

export interface ResponseParts {
  onHead(head: ResponseHead, bytes: Buffer): void
  /** @param content the bytes without the chunks' sizes; @param bytes as they came */
  onBody(content: Buffer, bytes: Buffer): void
  /** The response is whole: the last of its bytes have been told. */
  onEnd(): void
  /** What is no response: passes as it is. */
  onOther(bytes: Buffer): void
}

export function createResponseFraming(parts: ResponseParts): ResponseFraming {
  const methods: string[] = []
  let state: ResponseState = 'head'
  let head: Buffer = Buffer.alloc(0)
  /** Content that still comes; of the body, or of the chunk. */
  let left = 0
  /** What has come of a line between two chunks; null in a body that is not chunked. */
  let line: string | null = null
  let isTrailer = false

  function take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at = step(bytes, at)
  }

  function step(bytes: Buffer, at: number): number {
    if (state === 'tunnel') parts.onOther(bytes.subarray(at))
    else if (state === 'rest') parts.onBody(bytes.subarray(at), bytes.subarray(at))
    else if (state === 'head') return takeHead(bytes, at)
    else return left > 0 ? takeContent(bytes, at) : takeLine(bytes, at)
    return bytes.length
  }

  function takeHead(bytes: Buffer, at: number): number {
    const before = head.length
    head = Buffer.concat([head, bytes.subarray(at)])
    const end = head.indexOf(END_OF_HEAD)
    if (end < 0) {
      if (head.length > MAX_HEAD_BYTES) tunnel(head)
      return bytes.length
    }
    const whole = head.subarray(0, end + END_OF_HEAD.length)
    head = Buffer.alloc(0)
    begin(whole)
    return at + whole.length - before
  }

  function begin(bytes: Buffer): void {
    const parsed = parseHead(bytes.toString('latin1'))
    if (!parsed) return void tunnel(bytes)
    const { status, headers } = parsed
    if (status === 101) return void tunnel(bytes)
    const isInterim = status < 200
    const method = isInterim ? '' : methods.shift()
    parts.onHead(parsed, bytes)
    if (isInterim || method === 'HEAD' || status === 204 || status === 304) return void endOfMessage()
    state = 'body'
    isTrailer = false
    if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') [line, left] = ['', 0]
    else if (headers.has('content-length')) [line, left] = [null, Number(headers.get('content-length'))]
    else state = 'rest'
    if (state === 'body' && line === null && left === 0) endOfMessage()
  }

  function takeContent(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + left)
    left -= end - at
    const piece = bytes.subarray(at, end)
    parts.onBody(piece, piece)
    if (left === 0 && line === null) endOfMessage()
    return end
  }

  function takeLine(bytes: Buffer, at: number): number {
    const newline = bytes.indexOf(10, at)
    const end = newline < 0 ? bytes.length : newline + 1
    const piece = bytes.subarray(at, end)
    line += piece.toString('latin1')
    parts.onBody(piece.subarray(0, 0), piece)
    if (newline < 0) return end
    const text = line!.trim()
    line = ''
    if (isTrailer) {
      if (text === '') endOfMessage()
    } else if (text !== '') {
      left = Number.parseInt(text, 16)
      isTrailer = !(left > 0)
      if (isTrailer) left = 0
    }
    return end
  }

  function endOfMessage(): void {
    state = 'head'
    line = null
    parts.onEnd()
  }

  function tunnel(bytes: Buffer): void {
    state = 'tunnel'
    head = Buffer.alloc(0)
    parts.onOther(bytes)
  }

  return {
    get state() {
      return state
    },
    asked: ({ method }) => void methods.push(method),
    take,
  }
}

function parseHead(text: string): ResponseHead | null {
  const [first = '', ...fields] = text.trimEnd().split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(first)?.[1])
  if (!(status >= 100)) return null
  const headers = new Map<string, string>()
  for (const field of fields) {
    const colon = field.indexOf(':')
    headers.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim())
  }
  return { status, headers, text }
}
