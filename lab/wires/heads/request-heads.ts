/**
 * Finds the head of each request on a connection of HTTP/1.1, as the bytes pass by (RFC 9112 §2).
 *
 * A connection that is kept alive may carry the requests of two visitors, if a proxy stands before us. Whose a request
 * is stands in its head; so the heads must be found before anything of them is shown, and to find the second one must
 * know where the first request's body ends (§6). It keeps nothing but an unfinished head.
 */

/** Most of a head, in bytes: what Node allows. A longer one is answered 431, and the connection ends. */
const MAX_HEAD_BYTES = 16 * 1024

export interface RequestHead {
  readonly method: string
  readonly target: string
  /** In lower case. What comes twice counts as Node counts it: cookies are joined, of all else the first holds. */
  readonly headers: ReadonlyMap<string, string>
}

/**
 * `head`: within a request's head; `body`: within what belongs to it; `opaque`: another protocol from here on (§9.7 of
 * RFC 9110), or bytes that are no HTTP, after which the server closes.
 */
export type HeadState = 'head' | 'body' | 'opaque'

export interface RequestHeads {
  readonly state: HeadState
  /** Whether an unfinished head has begun: the last bytes are not known to be anyone's. */
  readonly isUnfinished: boolean
  take(bytes: Buffer): void
}

/**
 * @param onHead told of each head, before `take` returns for the bytes that finished it
 * @param onBroken told when the bytes cannot be framed: what follows could be anyone's
 */
export function createRequestHeads(
  onHead: (head: RequestHead) => void,
  onBroken: () => void = () => {},
): RequestHeads {
  let state: HeadState = 'head'
  /** What has come of the head. */
  let unfinished: Buffer = EMPTY
  /** Bytes that still belong to the body, or to the chunk. */
  let left = 0
  /** Null outside of a chunked body; within one, what has come of a line between two chunks. */
  let chunkLine: string | null = null
  let isTrailer = false

  function take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && state !== 'opaque'; ) {
      if (state === 'head') at = takeHead(bytes, at)
      else if (left > 0) at = skip(bytes, at)
      else at = takeChunkLine(bytes, at)
    }
  }

  function skip(bytes: Buffer, at: number): number {
    const count = Math.min(left, bytes.length - at)
    left -= count
    if (left === 0 && chunkLine === null) state = 'head'
    return at + count
  }

  function takeHead(bytes: Buffer, at: number): number {
    const before = unfinished.length
    const all = before === 0 ? bytes.subarray(at) : Buffer.concat([unfinished, bytes.subarray(at)])
    // A server ignores empty lines before a request (RFC 9112 §2.2).
    const start = before === 0 ? leadingLines(all) : 0
    const end = all.indexOf(END_OF_HEAD, Math.max(start, before - 3))
    if (end < 0) {
      unfinished = Buffer.from(all.subarray(start))
      if (unfinished.length > MAX_HEAD_BYTES) broken()
      return bytes.length
    }
    unfinished = EMPTY
    begin(all.toString('latin1', start, end))
    return at + end + END_OF_HEAD.length - before
  }

  /** A head is whole: what follows it is its body, or the next. */
  function begin(text: string): void {
    const head = parseHead(text)
    if (!head) return void broken()
    const { headers, method } = head
    const length = headers.get('content-length')
    const coding = headers.get('transfer-encoding')
    const isChunked = coding?.toLowerCase() === 'chunked'
    // Two lengths, or a coding that we cannot frame: a server that reads it otherwise would see other requests than we do.
    if (coding !== undefined && (!isChunked || length !== undefined)) return void broken()
    if (length !== undefined && !/^\d{1,15}$/.test(length)) return void broken()
    onHead(head)
    if (headers.has('upgrade') || method === 'CONNECT') state = 'opaque'
    else if (isChunked) [state, chunkLine, isTrailer, left] = ['body', '', false, 0]
    else if (Number(length ?? 0) > 0) [state, chunkLine, left] = ['body', null, Number(length)]
    else state = 'head'
  }

  /** `SIZE CRLF`, the CRLF behind a chunk, or a line of the trailer (RFC 9112 §7.1). */
  function takeChunkLine(bytes: Buffer, at: number): number {
    const newline = bytes.indexOf(10, at)
    const end = newline < 0 ? bytes.length : newline + 1
    chunkLine += bytes.toString('latin1', at, end)
    if (chunkLine!.length > MAX_HEAD_BYTES) broken()
    else if (newline >= 0) endChunkLine(chunkLine!.replace(/\r?\n$/, ''))
    return end
  }

  function endChunkLine(line: string): void {
    chunkLine = ''
    if (isTrailer) {
      if (line === '') [state, chunkLine] = ['head', null]
      return
    }
    if (line === '') return // behind the data of a chunk
    const [, size] = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line) ?? []
    if (size === undefined) return void broken()
    left = Number.parseInt(size, 16)
    if (left === 0) isTrailer = true
  }

  function broken(): void {
    state = 'opaque'
    unfinished = EMPTY
    onBroken()
  }

  return {
    get state() {
      return state
    },
    get isUnfinished() {
      return state === 'head' && unfinished.length > 0
    },
    take,
  }
}

const EMPTY = Buffer.alloc(0)
const END_OF_HEAD = Buffer.from('\r\n\r\n')

function leadingLines(bytes: Buffer): number {
  let at = 0
  while (bytes[at] === 13 || bytes[at] === 10) at++
  return at
}

function parseHead(text: string): RequestHead | null {
  const [line = '', ...fields] = text.split('\r\n')
  const [, method, target] = /^([!-~]+) (\S+) HTTP\/1\.[01]$/.exec(line) ?? []
  if (method === undefined || target === undefined) return null
  const headers = new Map<string, string>()
  for (const field of fields) {
    const colon = field.indexOf(':')
    const name = field.slice(0, colon).toLowerCase()
    // A folded line, or a name with a space, is read in two ways by two servers (RFC 9112 §5.1, §5.2).
    if (colon <= 0 || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return null
    const value = field.slice(colon + 1).trim()
    const known = headers.get(name)
    if (known === undefined) headers.set(name, value)
    else if (name === 'cookie') headers.set(name, `${known}; ${value}`)
    else if (/^(content-length|transfer-encoding)$/.test(name) && known !== value) return null
  }
  return { method, target, headers }
}
