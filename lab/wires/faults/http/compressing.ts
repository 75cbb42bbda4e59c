/**
 * A compressing proxy: it packs responses for clients that take gzip, and its compressor passes on what it has only when it has enough, so a
 * stream arrives late, or in gushes. It heeds no `no-transform` (RFC 9110 §7.7), as some do not.
 *
 * What is no HTTP, a WebSocket, passes as it is. A response that has begun packed must end packed; so when the
 * fault is healed, what is kept is passed on, each further piece of it at once, and the next response is left as it is.
 */
import { constants, createGzip, type Gzip } from 'node:zlib'
import type { Filter, Next } from '../../flow.ts'
import { createRequestHeads } from '../../heads/request-heads.ts'
import type { Fault } from '../fault.ts'
import { createResponseFraming, type ResponseHead } from './response-framing.ts'

export const compressing: Fault = {
  about: {
    name: 'compressing',
    title: 'Compressing proxy',
    models: 'A proxy that compresses a stream and does not flush: each event waits for those behind it.',
    report: 'https://github.com/dpskvn/express-sse/issues/26',
    settings: [],
    scope: 'wire',
    isOnce: false,
    readsHttp: true,
  },
  begin: () => ({
    touch(line, isNewcomer) {
      const packer = createPacker(isNewcomer)
      line.toServer.add(({ pass, end }) => ({
        take(bytes) {
          packer.requests.take(bytes)
          pass(bytes)
        },
        end,
        release() {},
      }))
      line.toClient.add(packer.open)
      return packer.heal
    },
  }),
}

const NOTHING = Buffer.alloc(0)

function createPacker(isNewcomer: boolean) {
  let next: Next | null = null
  let isOn = true
  let isKnown = isNewcomer
  /** Whether the request takes gzip whose response comes next, in their order. */
  const takesGzip: boolean[] = []
  let gzip: Gzip | null = null
  /** The end of the response has been given to the compressor, and is not out yet: what comes after it waits. */
  let isEnding = false
  let waiting: Buffer[] = []
  let hasEnded = false

  const say = (bytes: Buffer) => next?.replace(NOTHING, bytes)
  const absorb = (bytes: Buffer) => next?.replace(bytes, NOTHING)

  const responses = createResponseFraming({
    onHead(head, bytes) {
      const isTaken = head.status >= 200 && (takesGzip.shift() ?? false)
      if (!isOn || !isTaken || !isPackable(head)) return void next?.pass(bytes)
      next?.replace(bytes, Buffer.from(packedHead(head), 'latin1'))
      gzip = createGzip()
      gzip.on('data', (chunk: Buffer) => {
        say(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]))
      })
    },
    onBody(content, bytes) {
      if (!gzip) return void next?.pass(bytes)
      absorb(bytes)
      if (content.length > 0) gzip.write(content)
      if (!isOn) flush(gzip)
    },
    onEnd() {
      if (gzip) finish(gzip)
    },
    onOther: (bytes) => next?.pass(bytes),
  })

  function finish(packing: Gzip): void {
    gzip = null
    isEnding = true
    packing.on('end', () => {
      say(Buffer.from('0\r\n\r\n'))
      isEnding = false
      const rest = waiting
      waiting = []
      for (const bytes of rest) take(bytes)
      if (hasEnded && !isEnding) next?.end()
    })
    packing.end()
  }

  function take(bytes: Buffer): void {
    if (isEnding) return void waiting.push(bytes)
    isKnown ||= bytes.toString('latin1', 0, 7) === 'HTTP/1.'
    if (isKnown) responses.take(bytes)
    else next?.pass(bytes) // of a connection that is older than the fault: the middle of something
  }

  return {
    requests: createRequestHeads(({ method, headers }) => {
      takesGzip.push(/\bgzip\b/i.test(headers.get('accept-encoding') ?? '') && !headers.has('upgrade'))
      responses.asked({ method })
    }),
    open: (to: Next): Filter => {
      next = to
      return {
        take,
        end() {
          hasEnded = true
          if (gzip) finish(gzip)
          else if (!isEnding) to.end()
        },
        release() {},
      }
    },
    heal(): void {
      isOn = false
      if (gzip) flush(gzip)
    },
  }
}

const flush = (gzip: Gzip) => gzip.flush(constants.Z_SYNC_FLUSH)

const isPackable = ({ status, headers }: ResponseHead) =>
  status === 200 &&
  !headers.has('content-encoding') &&
  /^(text\/|application\/(json|x-ndjson|javascript))/i.test(headers.get('content-type') ?? '')

function packedHead({ text }: ResponseHead): string {
  const lines = text.trimEnd().split('\r\n')
  const kept = lines.filter((line) => !/^(content-length|transfer-encoding|etag|accept-ranges):/i.test(line))
  const own = ['Content-Encoding: gzip', 'Vary: Accept-Encoding', 'Transfer-Encoding: chunked']
  return `${[...kept, ...own].join('\r\n')}\r\n\r\n`
}
