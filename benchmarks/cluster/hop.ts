/**
 * A long poll that goes to another server each time, beside one that stays: their requests, their bytes, and how long a
 * message takes to each. Both read the same messages at the same time.
 */
import { request } from 'node:http'
import type { LabServer } from '../../lab/cluster/servers.ts'
import { median } from '../measure/statistics.ts'
import { nextText, publish } from './labs.ts'

const PER_SECOND = 10
const WAIT_S = 5

export interface Polled {
  readonly requests: number
  /** On the connection, both ways, HTTP's own included. */
  readonly bytes: number
  readonly p50Ms: number
}

export async function hopAndStay(
  servers: readonly LabServer[],
  seconds: number,
  room: string,
): Promise<{ readonly hops: Polled; readonly stays: Polled }> {
  const count = seconds * PER_SECOND
  const writtenAt = new Map<string, number>()
  const hops = poll((i) => servers[i % servers.length]!, room, writtenAt, count)
  const stays = poll(() => servers[0]!, room, writtenAt, count)
  for (let i = 0; i < count; i++) {
    const text = nextText()
    writtenAt.set(text, performance.now())
    const next = new Promise((resolve) => setTimeout(resolve, 1_000 / PER_SECOND))
    await publish(servers.at(-1)!, room, text)
    await next
  }
  return { hops: await hops, stays: await stays }
}

async function poll(
  serverOf: (request: number) => LabServer,
  room: string,
  writtenAt: ReadonlyMap<string, number>,
  count: number,
): Promise<Polled> {
  const times: number[] = []
  let cursor: string | null = null
  let requests = 0
  let bytes = 0
  while (times.length < count) {
    const since: string = cursor === null ? '' : `since=${encodeURIComponent(cursor)}&`
    const path = `/transports/long-polling/rooms/${room}/messages?${since}wait=${WAIT_S}`
    const answer = await get(serverOf(requests++).port, path)
    bytes += answer.bytes
    const page = JSON.parse(answer.body) as {
      readonly cursor: string
      readonly gap?: boolean
      readonly messages: readonly { readonly text: string }[]
    }
    if (page.gap && cursor !== null) throw new Error('a reader was told of a gap')
    cursor = page.cursor
    const now = performance.now()
    for (const { text } of page.messages) if (writtenAt.has(text)) times.push(now - writtenAt.get(text)!)
  }
  if (times.length !== count) throw new Error(`of ${count} messages ${times.length} came to a reader`)
  return { requests, bytes, p50Ms: median(times) }
}

/** Each on a connection of its own: one that stays would save what one that goes to another server cannot. */
function get(port: number, path: string): Promise<{ readonly body: string; readonly bytes: number }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      const { socket } = response
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (piece) => (body += piece))
      response.on('end', () => resolve({ body, bytes: socket.bytesRead + socket.bytesWritten }))
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}
