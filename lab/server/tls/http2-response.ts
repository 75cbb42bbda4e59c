/**
 * An answer over HTTP/2, without what belongs to one connection of HTTP/1.1 (RFC 9113 §8.2.2).
 *
 * A route is written once for both, and may say `Upgrade` or `Connection` where HTTP/1.1 wants it. Over HTTP/2 Node throws
 * for most of these, when the answer is sent and nothing can catch it: one refusal would end the process.
 */
import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http'
import { Http2ServerResponse } from 'node:http2'

const OF_ONE_CONNECTION = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])
export const isOfOneConnection = (name: string): boolean => OF_ONE_CONNECTION.has(name.trim().toLowerCase())

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[]

/** What Node's HTTP/2 server answers with. */
export class Http2Response extends Http2ServerResponse {
  override setHeader(name: string, value: number | string | readonly string[]): void {
    if (!isOfOneConnection(name)) super.setHeader(name, value)
  }

  override appendHeader(name: string, value: string | string[]): void {
    if (!isOfOneConnection(name)) super.appendHeader(name, value)
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    const headers = rest.findLast((one) => typeof one === 'object' && one !== null)
    return headers === undefined
      ? super.writeHead(status)
      : super.writeHead(status, allowed(headers as Headers))
  }
}

/** As Node takes them: an object, a list of pairs, or names and values in turn. */
function allowed(headers: Headers): OutgoingHttpHeaders {
  const pairs = Array.isArray(headers) ? pairsOf(headers) : Object.entries(headers)
  return Object.fromEntries(pairs.filter(([name]) => !isOfOneConnection(name)))
}

function pairsOf(list: readonly unknown[]): [string, OutgoingHttpHeader][] {
  if (Array.isArray(list[0])) return list as [string, OutgoingHttpHeader][]
  return list.flatMap((name, index) =>
    index % 2 === 0
      ? [[String(name), list[index + 1] as OutgoingHttpHeader] as [string, OutgoingHttpHeader]]
      : [],
  )
}
