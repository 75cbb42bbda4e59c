/** Readers of the crowd: the lab's own client in Node, at a server that can be changed for the next connection. */
import WebSocket from 'ws'
import { createChatClient } from '../../lab/client/chat-client.ts'
import { systemClock } from '../../lab/client/platform.ts'
import { createRandom } from '../../lab/wire/random.ts'
import { loadClient } from '../../transports/load-client.ts'

export interface Readers {
  /** What each has been shown so far, and in `atMs` when the last of it came, by `performance.now()`. */
  readonly all: readonly Reader[]
  /** Breaks all lines at once; each comes back by its own backoff. */
  cut(): void
  close(): void
}

export interface Reader {
  readonly texts: string[]
  gaps: number
  atMs: number
}

const OPEN_LIMIT_MS = 60_000
const LOOK_MS = 5

/** How long the readers of one page wait before they come back, drawn by the client's own backoff from this. */
export const SEED = 20_261_130

/**
 * Opens readers over WebSocket, and waits until all are there.
 *
 * @param portOf the port of the server to which reader number `i` connects now
 */
export async function openReaders(
  count: number,
  room: string,
  portOf: (reader: number) => number,
): Promise<Readers> {
  const transport = await loadClient('websocket', {})
  const lines = new Set<WebSocket>()
  let open = 0
  const opened = Array.from({ length: count }, (_, i) => {
    const reader: Reader = { texts: [], gaps: 0, atMs: 0 }
    const line = class extends WebSocket {
      constructor(url: string | URL) {
        const there = new URL(url)
        there.port = String(portOf(i))
        super(there)
        lines.add(this)
        this.on('close', () => lines.delete(this))
      }
    }
    const client = createChatClient(transport, {
      baseUrl: new URL(`http://127.0.0.1:${portOf(i)}/transports/websocket/rooms/${room}/`),
      author: 'bench',
      platform: { fetch, WebSocket: line, clock: systemClock, random: createRandom(SEED + i) },
    })
    let isThere = false
    client.onState(({ status }) => {
      if (status === 'open' && !isThere) {
        isThere = true
        open++
      }
    })
    client.onMessage(({ text }) => {
      reader.texts.push(text)
      reader.atMs = performance.now()
    })
    client.onGap(() => reader.gaps++)
    client.connect()
    return { reader, client }
  })
  await until(
    () => open === count,
    OPEN_LIMIT_MS,
    () => `only ${open} of ${count} readers could connect`,
  )
  return {
    all: opened.map(({ reader }) => reader),
    cut() {
      for (const line of lines) line.terminate()
    },
    close() {
      for (const { client } of opened) client.close()
    },
  }
}

/** @throws Error with `why`, when it has not come true in time */
export async function until(isSo: () => boolean, limitMs: number, why: () => string): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(why())
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
