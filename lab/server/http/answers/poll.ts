/**
 * Whole answers, made beforehand: head and body in one buffer, by one write.
 *
 * Fastify's `reply.send` and Node's `response.end` build the head again for each reader, and hand head and body to the
 * kernel as two pieces. For one reader that is right. For a page that goes to a thousand who waited for it, the head is
 * as much the same for all as the page is, but for a second's date; and two pieces cost half as much again as one.
 */
import type { FastifyReply } from 'fastify'
import type { Page } from '../../../wire/message.ts'
import { clientAddress } from '../../limits/trust.ts'
import type { TransportMetrics } from '../../observe/server-metrics.ts'
import { inOurWords } from '../errors.ts'
import { pathOf } from '../request-facts.ts'
import { errorAnswer, headOf, httpDate } from './head.ts'
import { type AnswerOwner, type HeldAnswer, holdAnswer } from './held.ts'

/** A body of JSON that no cache on the way may keep: a cache would repeat an old page for ever. */
export class JsonBody {
  readonly text: string
  /** In bytes of UTF-8 (RFC 9110 §8.6). */
  readonly length: number
  readonly #lines: string
  #whole: Buffer | null = null
  /** When, and with which other headers, the whole was made. */
  #date = ''
  #headers = ''

  constructor(text: string) {
    this.text = text
    this.length = Buffer.byteLength(text)
    this.#lines = `content-type: application/json\r\ncache-control: no-store\r\ncontent-length: ${this.length}\r\n`
  }

  /** Head and body in one piece; the same piece, for a second, for all whose answers have the same other headers. */
  wholeFor(answer: HeldAnswer): Buffer {
    const { headers, isLast } = answer
    if (isLast) return this.#make(answer)
    if (this.#whole === null || this.#headers !== headers || this.#date !== httpDate()) {
      this.#date = httpDate()
      this.#headers = headers
      this.#whole = this.#make(answer)
    }
    return this.#whole
  }

  #make(answer: HeldAnswer): Buffer {
    return Buffer.from(headOf(this.#lines, answer) + this.text)
  }
}

/** An answer that is given whole, at once or when there is something to tell. */
export interface PollAnswer {
  send(body: JsonBody): void
  /** Answers with an error, and counts it: a poll that waits is called by the room, where nothing else would do that. */
  fail(thrown: unknown): void
}

/**
 * Begins to owe an answer. Between this and the answer Node keeps nothing of the request, as far as it can be helped.
 *
 * @param owner is told if the client hangs up before it is answered
 */
export function oweAnswer(reply: FastifyReply, owner: AnswerOwner, metrics: TransportMetrics): PollAnswer {
  const { url } = reply.request
  const address = clientAddress(reply.request)
  const held = holdAnswer(reply, owner)
  if (held) return new HeldPollAnswer(held, metrics, url, address)
  reply.raw.once('close', () => owner.onClose())
  return {
    send: (body) => sendByNode(reply, body),
    fail: (thrown) => void reply.send(thrown),
  }
}

class HeldPollAnswer implements PollAnswer {
  readonly #held: HeldAnswer
  readonly #metrics: TransportMetrics
  readonly #url: string
  readonly #address: string

  constructor(held: HeldAnswer, metrics: TransportMetrics, url: string, address: string) {
    this.#held = held
    this.#metrics = metrics
    this.#url = url
    this.#address = address
  }

  send(body: JsonBody): void {
    this.#held.end(body.wholeFor(this.#held))
  }

  fail(thrown: unknown): void {
    const error = inOurWords(thrown)
    this.#metrics.refused(error, { method: 'GET', path: pathOf(this.#url), address: this.#address })
    this.#held.end(errorAnswer(error, this.#held), error.status)
  }
}

/** Answers at once. */
export function sendJson(reply: FastifyReply, body: JsonBody): void {
  const held = holdAnswer(reply, NEVER_WAITS)
  if (held) held.end(body.wholeFor(held))
  else sendByNode(reply, body)
}
const NEVER_WAITS: AnswerOwner = { onClose() {} }

function sendByNode(reply: FastifyReply, { text, length }: JsonBody): void {
  reply.hijack()
  const json = [
    'content-type',
    'application/json',
    'cache-control',
    'no-store',
    'content-length',
    String(length),
  ]
  reply.raw.writeHead(200, json)
  reply.raw.end(text)
}

/** Answers with a page at once, and counts it. */
export function sendPage(reply: FastifyReply, page: Page, body: JsonBody, metrics: TransportMetrics): void {
  sendJson(reply, body)
  countPage(page, body, metrics)
}

export function countPage({ messages }: Page, { length }: JsonBody, metrics: TransportMetrics): void {
  metrics.pages++
  metrics.messages += messages.length
  metrics.bytes += length
}
