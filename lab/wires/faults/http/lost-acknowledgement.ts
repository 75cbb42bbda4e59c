/**
 * A lost acknowledgement: what the client sent arrives and counts, and the connection breaks before the answer is back. So a client
 * that sends again without a name for what it sends, sends twice.
 *
 * The answer is known by its place: over HTTP/1.1 it is what the server sends next after a POST; on a WebSocket, what it
 * sends next after a frame with data (RFC 6455 §5.6).
 */
import type { Filter, Next } from '../../flow.ts'
import { createRequestHeads } from '../../heads/request-heads.ts'
import type { Line } from '../../line.ts'
import { type Fault, healAll } from '../fault.ts'

export const lostAcknowledgement: Fault = {
  about: {
    name: 'lost-acknowledgement',
    title: 'Lost acknowledgement',
    models:
      'The message is stored, and the connection breaks before the client hears of it: it must send again, and be known by it.',
    report: 'https://github.com/yagop/node-telegram-bot-api/issues/1350',
    settings: [{ name: 'count', label: 'Acknowledgements', unit: 'count', min: 1, max: 1_000, usual: 1 }],
    scope: 'wire',
    isOnce: false,
    readsHttp: true,
  },
  begin({ count = 1 }) {
    let left = count
    return {
      touch(line, isNewcomer) {
        const watch = createSendWatch(isNewcomer)
        return healAll(
          line.toServer.add((next) => watching(next, watch.take)),
          line.toClient.add((next) =>
            losing(next, line, () => {
              if (!watch.isSent || left <= 0) return false
              left--
              return true
            }),
          ),
        )
      },
    }
  },
}

const watching = ({ pass, end }: Next, take: (bytes: Buffer) => void): Filter => ({
  take(bytes) {
    take(bytes)
    pass(bytes)
  },
  end,
  release() {},
})

const losing = ({ pass, drop, end }: Next, line: Line, isLost: () => boolean): Filter => ({
  take(bytes) {
    if (!isLost()) return pass(bytes)
    drop(bytes)
    line.drop('end')
  },
  end,
  release() {},
})

/** Sees whether the client has sent something that will be acknowledged. */
function createSendWatch(isNewcomer: boolean): { readonly isSent: boolean; take(bytes: Buffer): void } {
  let isSent = false
  let isWebSocket = false
  const heads = createRequestHeads(({ method, headers }) => {
    isWebSocket = headers.has('upgrade')
    isSent = method === 'POST'
  })
  return {
    get isSent() {
      return isSent
    },
    take(bytes) {
      // Of a connection that is older than the fault, the heads are unknown: an opcode of text or data, with a mask.
      const isFrame = isWebSocket || (!isNewcomer && (bytes[0]! & 0x70) === 0 && (bytes[1]! & 0x80) !== 0)
      if (isFrame) isSent ||= [0x81, 0x82, 0x01, 0x02].includes(bytes[0]!)
      else heads.take(bytes)
    },
  }
}
