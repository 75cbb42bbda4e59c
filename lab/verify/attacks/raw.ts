/** Bytes that no HTTP library would send, over plain TCP. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** An attack that gets neither an answer nor its connection closed in this time is taken to wait for more. */
const TIMEOUT_MS = 15_000

export interface Answer {
  /** All that came back, a character per byte. */
  readonly text: string
  /** The statuses of the answers in it, in order. */
  readonly statuses: readonly number[]
  /** Whether the server has ended the connection. */
  readonly isClosed: boolean
}

/**
 * Sends bytes, and tells what came back when the server has closed, or it `isEnough`.
 *
 * @param bytes text is sent as Latin-1: one byte per character
 * @param how `end`: say that no more will come, so that the server need not wait for it
 */
export async function exchange(
  port: number,
  bytes: string | Buffer,
  { isEnough = () => false, end = false }: { isEnough?: (text: string) => boolean; end?: boolean } = {},
): Promise<Answer> {
  const socket = await dial(port)
  let text = ''
  let isClosed = false
  await new Promise<void>((done) => {
    const timer = setTimeout(done, TIMEOUT_MS)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (isEnough(text)) finish()
    })
    socket.on('close', () => {
      isClosed = true
      finish()
    })
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    if (end) socket.end()
    function finish() {
      clearTimeout(timer)
      done()
    }
  })
  socket.destroy()
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  return { text, statuses, isClosed }
}

/** A connection that minds nothing: resets and late writes are part of the game. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** A request of these headers; `Host` is the server's unless they name one. */
export function requestText(port: number, line: string, headers: readonly string[] = [], body = ''): string {
  const own = headers.some((header) => /^host\s*:/i.test(header)) ? [] : [`Host: 127.0.0.1:${port}`]
  return `${[`${line} HTTP/1.1`, ...own, ...headers].join('\r\n')}\r\n\r\n${body}`
}
