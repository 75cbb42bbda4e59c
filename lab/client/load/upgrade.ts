/** The client's end of a WebSocket, as little of it as a subscriber needs. */
import type { ReaderContext } from './reader.ts'
import { clientFrame, createFrameWalker, isPing } from './web-socket-frames.ts'

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/**
 * Waits for the 101 and then answers pings.
 *
 * @param opened called when the handshake is done
 * @param payloads called with all that comes after it, frame headers included
 */
export function createSocketReader(
  context: ReaderContext,
  opened: () => void,
  payloads: (bytes: Buffer) => void,
) {
  let head: Buffer | null = Buffer.alloc(0)
  const frames = createFrameWalker((opcode, payload) => {
    if (isPing(opcode)) context.write(clientFrame('pong', payload))
  })

  return {
    begin() {
      head = Buffer.alloc(0)
      frames.reset()
    },
    take(bytes: Buffer) {
      if (head) {
        head = Buffer.concat([head, bytes])
        const end = head.indexOf(END_OF_HEAD)
        if (end < 0) return
        const status = head.toString('latin1', 9, 12)
        if (status !== '101') return context.fail(`the handshake was answered with ${status}`)
        bytes = head.subarray(end + END_OF_HEAD.length)
        head = null
        opened()
        if (bytes.length === 0) return
      }
      frames.take(bytes)
      payloads(bytes)
    },
  }
}
