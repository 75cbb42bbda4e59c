/**
 * Responses made beforehand, handed to Node as they are.
 *
 * Fastify's `reply.send` and Node's `response.write` build their framing again for each reader.
 * For one reader that is right. For a page that goes to a thousand readers, the framing is as
 * much the same for all as the page is, and it costs more than the delivery: so it is made once
 * (encode.ts), and what is written is ready.
 */
import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Writable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import type { Page } from '../../wire/message.ts'
import type { TransportMetrics } from '../observe/server-metrics.ts'

/** A whole answer: its text, and its length in bytes of UTF-8 (RFC 9110 §8.6). */
export interface Body {
  readonly text: string
  readonly length: number
}

export const bodyOf = (text: string): Body => ({ text, length: Buffer.byteLength(text) })

/** Answers with JSON that no cache on the way may keep: a cache would repeat an old page for ever. */
export function sendJson(reply: FastifyReply, { text, length }: Body): void {
  reply.hijack()
  reply.raw.writeHead(200, [
    'content-type',
    'application/json',
    'cache-control',
    'no-store',
    'content-length',
    String(length),
  ])
  // Text, not bytes: Node then sends head and body by one write, without a buffer of its own.
  reply.raw.end(text)
}

/** Answers with a page, and counts it. */
export function sendPage(reply: FastifyReply, page: Page, body: Body, metrics: TransportMetrics): void {
  sendJson(reply, body)
  metrics.pages++
  metrics.messages += page.messages.length
  metrics.bytes += body.length
}

/** A response without an end, and how to write on it. */
export interface OpenResponse {
  readonly response: ServerResponse
  /**
   * Where the pages go, and whose reader is slow when it does not drain: the socket, or with HTTP/2,
   * where many answers share one, the answer's own stream.
   */
  readonly sink: Writable
  /**
   * Whether what is written must be framed by {@link chunk}. Not with HTTP/1.0, which has no chunks: there,
   * the answer goes on until the connection ends. Nor with HTTP/2, where Node puts each write into
   * frames of its stream (RFC 9113 §6.1): those belong to one reader, and cannot be made beforehand.
   */
  readonly isChunked: boolean
}

/**
 * Begins an answer and sends its head. Pages are then written to the sink; `response.end()`
 * ends it, as always.
 *
 * @throws ChatError `bad-request` when an earlier request on this connection has no answer yet
 */
export function beginResponse(reply: FastifyReply, headers: Record<string, string>): OpenResponse {
  const response = reply.raw
  // Pipelined (RFC 9112 §9.3.2): Node would hold our head back behind the answer to an earlier
  // request, but not what we write to the socket.
  if (!response.socket) throw new ChatError('bad-request', 'ask for a stream when the last answer is there')
  reply.hijack()
  response.writeHead(200, headers)
  response.flushHeaders()
  const sink = streamOf(response) ?? reply.request.raw.socket
  return { response, sink, isChunked: response.chunkedEncoding }
}

/** The stream of an answer over HTTP/2; null over HTTP/1. */
const streamOf = (response: ServerResponse): Writable | null =>
  'stream' in response ? (response as unknown as Http2ServerResponse).stream : null

/** One chunk of a body of unknown length: its size in hexadecimal, and the bytes (RFC 9112 §7.1). */
export function chunk(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)
}
