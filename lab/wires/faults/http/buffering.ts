/**
 * A buffering proxy: it collects a response, and passes it on when its buffer is full or the response is whole. Short
 * responses are as quick as ever; a stream arrives in gushes, or never.
 *
 * It heeds nothing that asks it not to (`X-Accel-Buffering: no`), as the proxies that people have no hand in. What is no HTTP
 * any more, a WebSocket, passes.
 */
import type { Filter, Next } from '../../flow.ts'
import { createRequestHeads } from '../../heads/request-heads.ts'
import { type Fault, healAll } from '../fault.ts'
import { createResponseFraming } from './response-framing.ts'

export const buffering: Fault = {
  about: {
    name: 'buffering',
    title: 'Buffering proxy',
    models:
      'A proxy that waits for its buffer to fill, or for the response to end, before it passes anything on.',
    report: 'https://github.com/vmware-archive/atc/issues/139',
    settings: [{ name: 'bytes', label: 'Buffer', unit: 'bytes', min: 256, max: 1_048_576, usual: 8_192 }],
    scope: 'wire',
    isOnce: false,
    readsHttp: true,
  },
  begin: ({ bytes = 0 }) => ({
    touch(line, isNewcomer) {
      const buffer = createBuffer(bytes, isNewcomer)
      return healAll(
        line.toServer.add(({ pass, end }) => ({
          take(piece) {
            buffer.requests.take(piece)
            pass(piece)
          },
          end,
          release() {},
        })),
        line.toClient.add(buffer.open),
      )
    },
  }),
}

function createBuffer(mostBytes: number, isNewcomer: boolean) {
  let next: Next | null = null
  let kept: Buffer[] = []
  let keptBytes = 0
  /** Of a connection that is older than the fault, what has begun is unknown: a stream, a tunnel, or nothing. */
  let isUnknown = !isNewcomer
  let isTunnel = false

  function keep(bytes: Buffer): void {
    kept.push(bytes)
    keptBytes += bytes.length
    if (keptBytes >= mostBytes) flush()
  }
  function flush(): void {
    const all = kept
    kept = []
    keptBytes = 0
    for (const bytes of all) next?.pass(bytes)
  }
  const responses = createResponseFraming({
    onHead: (_head, bytes) => keep(bytes),
    onBody: (_content, bytes) => keep(bytes),
    onEnd: flush,
    onOther(bytes) {
      flush()
      next?.pass(bytes)
    },
  })
  const requests = createRequestHeads((head) => {
    isUnknown = false
    isTunnel = head.headers.has('upgrade')
    responses.asked(head)
  })

  return {
    requests,
    open: (to: Next): Filter => {
      next = to
      return {
        take(bytes) {
          if (isTunnel || (isUnknown && isFrames(bytes))) return to.pass(bytes)
          if (isUnknown && !isStartOfResponse(bytes)) return keep(bytes)
          isUnknown = false
          responses.take(bytes)
        },
        end() {
          flush()
          to.end()
        },
        release: flush,
      }
    },
  }
}

const isStartOfResponse = (bytes: Buffer) => bytes.toString('latin1', 0, 7) === 'HTTP/1.'

/** Whether these are frames of a WebSocket and no part of a response: text, data, a ping, a pong or a close, unmasked. */
const isFrames = (bytes: Buffer) =>
  [0x81, 0x82, 0x88, 0x89, 0x8a].includes(bytes[0] ?? 0) && ((bytes[1] ?? 0x80) & 0x80) === 0
