/**
 * The head of an HTTP/1.1 message (RFC 9112 §2.1): a start line, header lines, an empty line. And what follows it: how
 * long the body is, which the head alone decides (§6.3).
 */

/** One header line, with its place in the head. */
export interface HeaderLine {
  readonly name: string
  readonly value: string
}

export type Head =
  | {
      readonly kind: 'request'
      readonly method: string
      readonly target: string
      readonly version: string
      readonly headers: readonly HeaderLine[]
    }
  | {
      readonly kind: 'response'
      readonly version: string
      readonly status: number
      readonly reason: string
      readonly headers: readonly HeaderLine[]
    }

/** How the end of a body is found. `length` is in bytes. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until close' }

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\S+) (HTTP\/1\.\d)$/
const STATUS_LINE = /^(HTTP\/1\.\d) (\d{3})(?: (.*))?$/

/** Whether a line, without its end, begins an HTTP/1.1 message. */
export const isStartLine = (line: string): boolean => REQUEST_LINE.test(line) || STATUS_LINE.test(line)

/** @param text up to and with the empty line. @returns null when it is not the head of an HTTP/1.x message */
export function parseHead(text: string): Head | null {
  const [first = '', ...rest] = text.split(/\r?\n/)
  const headers = rest.filter((line) => line !== '').map(headerOf)
  const request = REQUEST_LINE.exec(first)
  if (request)
    return { kind: 'request', method: request[1]!, target: request[2]!, version: request[3]!, headers }
  const status = STATUS_LINE.exec(first)
  if (!status) return null
  return {
    kind: 'response',
    version: status[1]!,
    status: Number(status[2]),
    reason: status[3] ?? '',
    headers,
  }
}

/** A line without a colon is wrong, and is shown all the same: its name is the whole line. */
function headerOf(line: string): HeaderLine {
  const colon = line.indexOf(':')
  if (colon < 0) return { name: line, value: '' }
  return { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '') }
}

/** The values of a header, joined as RFC 9110 §5.3 allows; undefined when it is not there. */
export function headerValue(headers: readonly HeaderLine[], name: string): string | undefined {
  const values = headers.filter((one) => one.name.toLowerCase() === name).map(({ value }) => value)
  return values.length > 0 ? values.join(', ') : undefined
}

/** Whether the head asks for, or agrees to, a WebSocket (RFC 6455 §4). */
export const upgradesToWebSocket = ({ headers }: Head): boolean =>
  headerValue(headers, 'upgrade')?.toLowerCase() === 'websocket'

/**
 * How long the body is (RFC 9112 §6.3).
 *
 * @param method of the request that a response answers: to a HEAD there is no body
 */
export function framingOf(head: Head, method = ''): Framing {
  if (head.kind === 'response') {
    const { status } = head
    if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' }
  }
  const coding = headerValue(head.headers, 'transfer-encoding')
  if (coding !== undefined && /(?:^|,)\s*chunked\s*$/i.test(coding)) return { kind: 'chunked' }
  const length = headerValue(head.headers, 'content-length')
  if (length !== undefined && /^\d{1,15}$/.test(length))
    return length === '0' ? { kind: 'none' } : { kind: 'length', length: Number(length) }
  return head.kind === 'response' ? { kind: 'until close' } : { kind: 'none' }
}
