/** A WebSocket by hand, for sending what no library would. */
import type { Socket } from 'node:net'
import { framesIn } from './frames.ts'
import { dial, requestText } from './raw.ts'

/** The specification's own sample (RFC 6455 §1.3). */
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
export const HANDSHAKE: readonly string[] = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${KEY}`,
]

export interface RawWebSocket {
  readonly wire: Socket
  /** All that has come since the handshake, as far as it was read. */
  received(): Buffer
  /** The code with which the server closes; rejects when it closes without one, or not in time. */
  closeCode(): Promise<number>
}

/** How long a server may take to close on what it should not accept. */
const TIMEOUT_MS = 15_000

export async function openRawWebSocket(port: number, path: string): Promise<RawWebSocket> {
  const wire = await dial(port)
  const chunks: Buffer[] = []
  let isOver = false
  wire.on('close', () => {
    isOver = true
  })
  let wake = () => {}
  wire.on('data', (chunk) => {
    chunks.push(chunk)
    wake()
  })
  wire.on('close', () => wake())
  wire.write(requestText(port, `GET ${path}`, HANDSHAKE))
  await until(() => Buffer.concat(chunks).includes('\r\n\r\n'))
  const opening = Buffer.concat(chunks)
  if (!opening.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(`no handshake: ${opening}`)
  chunks.splice(0, chunks.length, opening.subarray(opening.indexOf('\r\n\r\n') + 4))

  async function until(holds: () => boolean): Promise<void> {
    const giveUp = performance.now() + TIMEOUT_MS
    while (!holds()) {
      if (isOver || performance.now() > giveUp) {
        const bytes = Buffer.concat(chunks)
        throw new Error(
          `${isOver ? 'cut' : 'left open'} without the expected word, after ${bytes.length} bytes`,
        )
      }
      await new Promise<void>((next) => {
        const timer = setTimeout(next, 100)
        wake = () => {
          clearTimeout(timer)
          next()
        }
      })
    }
  }

  const received = () => Buffer.concat(chunks)
  return {
    wire,
    received,
    async closeCode() {
      await until(() => framesIn(received()).closeCode !== null)
      return framesIn(received()).closeCode!
    },
  }
}
