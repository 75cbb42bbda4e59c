/**
 * `fetch` over HTTP/2, as a browser has it: all requests to one origin share a connection, and it is kept
 * for the next for a while. Node's own `fetch` speaks HTTP/1.1. As much of it as the lab's clients use.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { Agent, buildConnector, WebSocket as UndiciWebSocket } from 'undici'
import WebSocket, { type ClientOptions } from 'ws'
import type { Certificate } from '../../../server/tls/certificates.ts'
import type { Network } from './network.ts'

/** How long a connection is kept without a request. Short, so that a case can see that all have gone. */
const KEEP_MS = 100

/** A network for one client, as each person has a browser of their own: HTTP/2, and WebSockets beside it. */
export function overTls({ cert }: Pick<Certificate, 'cert'>): Network {
  class TrustingWebSocket extends WebSocket {
    constructor(url: string | URL, options?: ClientOptions) {
      super(url, { ...options, ca: cert })
    }
  }
  return { fetch: createHttp2Fetch(cert), WebSocket: TrustingWebSocket }
}

/** The same, with each WebSocket as a stream of HTTP/2 (RFC 8441), as browsers open them. By undici, to which our server is foreign. */
export function overHttp2Alone({ cert }: Pick<Certificate, 'cert'>): Network {
  class TunnelledWebSocket extends UndiciWebSocket {
    constructor(url: string | URL, { headers = {} }: ClientOptions = {}) {
      const sockets = new Set<Socket>()
      const dispatcher = new Agent({ allowH2: true, connect: connectInto(sockets, cert) })
      super(url, { dispatcher, headers: headers as Record<string, string> })
      this.addEventListener('close', () => {
        void dispatcher.destroy().then(() => {
          for (const socket of sockets) socket.end()
        })
      })
    }
  }
  return { fetch: createHttp2Fetch(cert), WebSocket: TunnelledWebSocket as unknown as Network['WebSocket'] }
}

/**
 * Connects as undici does, and keeps what it opened. Where the connection breaks during a handshake, undici 7.30.2 opens
 * another; on Node 20 its `destroy` then leaves that one open. To be ended, not destroyed: undici throws at that.
 */
function connectInto(sockets: Set<Socket>, ca: string): buildConnector.connector {
  const connect = buildConnector({ allowH2: true, ca })
  return (options, callback) =>
    connect(options, (...result) => {
      if (result[1]) sockets.add(result[1])
      callback(...result)
    })
}

interface Line {
  readonly session: ClientHttp2Session
  streams: number
  keep: NodeJS.Timeout | null
}

/** @param ca the certificate that is believed, as PEM */
function createHttp2Fetch(ca: string): typeof fetch {
  const lines = new Map<string, Line>()

  function lineTo(origin: string): Line {
    const known = lines.get(origin)
    if (known && !known.session.closed && !known.session.destroyed) return known
    const line: Line = { session: connect(origin, { ca }), streams: 0, keep: null }
    line.session.on('error', () => {}) // each waiting request is told by its own stream
    lines.set(origin, line)
    return line
  }
  function take(line: Line): void {
    line.streams++
    if (line.keep) clearTimeout(line.keep)
  }
  function leave(line: Line): void {
    if (--line.streams === 0) line.keep = setTimeout(() => line.session.destroy(), KEEP_MS)
  }

  return async (input, init = {}) => {
    const url = new URL(input as string | URL)
    const { signal, body } = init
    signal?.throwIfAborted()
    const line = lineTo(url.origin)
    const stream = line.session.request({
      ':method': init.method ?? 'GET',
      ':path': url.pathname + url.search,
      ...Object.fromEntries(new Headers(init.headers)),
    })
    take(line)
    const abort = () => {
      // Perhaps because nothing came any more, and then nothing would on the next stream either: a
      // browser sends a ping to find out, and we take another connection.
      lines.delete(url.origin)
      if (line.session.connecting) line.session.destroy()
      else stream.close(constants.NGHTTP2_CANCEL)
    }
    signal?.addEventListener('abort', abort)
    stream.once('close', () => {
      leave(line)
      signal?.removeEventListener('abort', abort)
    })
    stream.end(body ?? undefined)
    return answerOf(stream, signal ?? null)
  }
}

function answerOf(stream: ClientHttp2Stream, signal: AbortSignal | null): Promise<Response> {
  return new Promise((resolve, reject) => {
    const fail = (error?: Error) =>
      reject(signal?.aborted ? signal.reason : (error ?? new TypeError('cut off')))
    stream.once('error', fail)
    stream.once('close', () => fail())
    stream.once('response', ({ ':status': status, ...headers }) => {
      stream.on('error', () => {}) // the body tells
      const fields = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
      const body = Readable.toWeb(stream) as ReadableStream<Uint8Array>
      resolve(new Response(status === 204 ? null : body, { status: status!, headers: fields }))
    })
  })
}
