/** The head of an answer over HTTP/1.1 that we write ourselves (RFC 9112 §4), as Node would write it. */
import { STATUS_CODES } from 'node:http'
import type { ChatError } from '../../../wire/errors.ts'
import { IDLE_MS } from '../../limits/timeouts.ts'
import { headersFor } from '../errors.ts'
import type { HeldAnswer } from './held.ts'

const KEEP_ALIVE = `Connection: keep-alive\r\nKeep-Alive: timeout=${IDLE_MS / 1_000}\r\n`
const CLOSE = 'Connection: close\r\n'

type Kind = Pick<HeldAnswer, 'isLast' | 'headers'>

/**
 * @param own lines of the answer itself, each with its line end
 * @param answer for its other lines, and whether the connection ends with it
 * @param status as it stands in the first line
 * @param framing a line about the body, where Node has it: last
 */
export function headOf(own: string, { isLast, headers }: Kind, status = '200 OK', framing = ''): string {
  const connection = isLast ? CLOSE : KEEP_ALIVE
  return `HTTP/1.1 ${status}\r\n${headers}${own}Date: ${httpDate()}\r\n${connection}${framing}\r\n`
}

/** For a body of unknown length (RFC 9112 §7.1). */
export const CHUNKED = 'Transfer-Encoding: chunked\r\n'

/** A whole answer that says what is wrong. */
export function errorAnswer(error: ChatError, kind: Kind): string {
  const body = JSON.stringify(error)
  let own = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  for (const [name, value] of Object.entries(headersFor(error))) own += `${name}: ${value}\r\n`
  return headOf(own, kind, `${error.status} ${STATUS_CODES[error.status]}`) + body
}

let second = 0
let date = ''

/** Now, as HTTP says it (RFC 9110 §5.6.7). It has no parts of a second, so it is made once for all answers of one. */
export function httpDate(): string {
  const now = Math.floor(Date.now() / 1_000)
  if (now !== second) {
    second = now
    date = new Date(now * 1_000).toUTCString()
  }
  return date
}
