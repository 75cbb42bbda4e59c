/**
 * Answers without an end: the head now, and then whatever comes.
 *
 * What goes to many readers is framed once for all of them ({@link chunk}) and written to the socket as it is. That is
 * only right over HTTP/1.1; the two others are written by Node.
 */
import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Writable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { ChatError } from '../../../wire/errors.ts'
import { CHUNKED, headOf } from './head.ts'
import { type AnswerOwner, type HeldAnswer, holdAnswer } from './held.ts'

export interface OpenAnswer {
  /**
   * Where the pages go, and whose reader is slow when it does not drain: the socket, or with HTTP/2,
   * where many answers share one, the answer's own stream.
   */
  readonly sink: Writable
  /**
   * Whether what is written to the sink must be framed by {@link chunk}. Not with HTTP/1.0, which has no chunks: there,
   * the answer goes on until the connection ends. Nor with HTTP/2, where Node puts each write into
   * frames of its stream (RFC 9113 §6.1): those belong to one reader, and cannot be made beforehand.
   */
  readonly isChunked: boolean
  /** Writes a text, framed as it must be. */
  write(text: string): void
  /** The answer is complete. */
  end(): void
}

/**
 * Begins an answer and sends its head.
 *
 * @param headers of the answer, names in lower case
 * @param owner is told when the client has gone
 * @throws ChatError `bad-request` when an earlier request on this connection has no answer yet
 */
export function beginStream(
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
  owner: AnswerOwner,
): OpenAnswer {
  // Pipelined (RFC 9112 §9.3.2): Node would hold our head back behind the answer to an earlier
  // request, but not what we write to the socket.
  if (!reply.raw.socket) throw new ChatError('bad-request', 'ask for a stream when the last answer is there')
  const held = holdAnswer(reply, owner)
  return held ? new HeldStream(held, headers) : beginByNode(reply, headers, owner)
}

class HeldStream implements OpenAnswer {
  readonly #held: HeldAnswer

  constructor(held: HeldAnswer, headers: Readonly<Record<string, string>>) {
    this.#held = held
    held.keepOpen()
    let own = ''
    for (const [name, value] of Object.entries(headers)) own += `${name}: ${value}\r\n`
    held.write(headOf(own, held, '200 OK', CHUNKED))
  }

  get sink(): Writable {
    return this.#held.socket
  }

  get isChunked(): boolean {
    return true
  }

  write(text: string): void {
    this.#held.write(chunk(text))
  }

  end(): void {
    this.#held.end(LAST_CHUNK)
  }
}

function beginByNode(
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
  owner: AnswerOwner,
): OpenAnswer {
  const response = reply.raw
  reply.hijack()
  response.writeHead(200, headers)
  response.flushHeaders()
  response.once('close', () => owner.onClose())
  const sink = streamOf(response) ?? response.socket!
  const isChunked = response.chunkedEncoding
  return {
    sink,
    isChunked,
    write: (text) => void sink.write(isChunked ? chunk(text) : text),
    end: () => void response.end(),
  }
}

/** The stream of an answer over HTTP/2; null over HTTP/1. */
const streamOf = (response: ServerResponse): Writable | null =>
  'stream' in response ? (response as unknown as Http2ServerResponse).stream : null

/** One chunk of a body of unknown length: its size in hexadecimal, and the bytes (RFC 9112 §7.1). */
export function chunk(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)
}

/** A chunk of no bytes, and no trailers (RFC 9112 §7.1). */
const LAST_CHUNK = '0\r\n\r\n'
