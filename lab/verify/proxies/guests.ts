/** People on the other side of the proxy: they trust its certificate, and know the lab by its published name. */

import type { LookupFunction } from 'node:net'
import { Agent, fetch as undiciFetch } from 'undici'
import { WebSocket } from 'ws'
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { type ChatClient, createChatClient } from '../../client/chat-client.ts'
import { type Platform, systemClock } from '../../client/platform.ts'
import { NAME } from './certificate.ts'
import type { RealProxy } from './proxy.ts'

export type Http = 'HTTP/1.1' | 'HTTP/2'

export interface World {
  readonly fetch: typeof fetch
  readonly WebSocket: new (url: string | URL, origin?: string) => WebSocket
  close(): Promise<void>
}

/** The outside world as seen by somebody for whom the name leads to this proxy. */
export function worldBehind({ certificate }: RealProxy, http: Http): World {
  const ca = certificate.pem
  const agent = new Agent({ allowH2: http === 'HTTP/2', connect: { ca, lookup: toThisMachine } })
  class TrustingWebSocket extends WebSocket {
    constructor(url: string | URL, origin?: string) {
      super(url, undefined, { ca, lookup: toThisMachine, ...(origin !== undefined && { origin }) })
      this.on('error', () => {}) // it is told by `close` too
    }
  }
  const trustingFetch = (url: string | URL, init?: object) => undiciFetch(url, { ...init, dispatcher: agent })
  return {
    // The same function as Node's own, from the same authors; Node's cannot be told whom to trust.
    fetch: trustingFetch as unknown as typeof fetch,
    WebSocket: TrustingWebSocket,
    close: () => agent.destroy(),
  }
}

/** Every name leads here. */
export const toThisMachine: LookupFunction = (_name, { all }, found) => {
  if (all) found(null, [{ address: '127.0.0.1', family: 4 }])
  else found(null, '127.0.0.1', 4)
}

export const addressOf = ({ ports }: RealProxy): string => `https://${NAME}:${ports.https}`

export interface Guest {
  readonly name: TransportName
  readonly client: ChatClient
  /** What was shown, in order. */
  readonly texts: readonly string[]
}

export interface GuestOptions {
  readonly room: string
  readonly world: World
  /** Long polling: how long the server may keep a question, in milliseconds. */
  readonly holdMs?: number | undefined
}

/** Between two attempts, in milliseconds: a test waits for the proxy, and not for our patience. */
const RETRY_MS = 100
const POLL_MS = 50

export async function seatGuest(
  proxy: RealProxy,
  name: TransportName,
  options: GuestOptions,
): Promise<Guest> {
  const { room, world, holdMs = 25_000 } = options
  const platform: Platform = { ...world, clock: systemClock, random: Math.random }
  const client = createChatClient(await loadClient(name, { intervalMs: POLL_MS, holdMs }), {
    baseUrl: new URL(`/transports/${name}/rooms/${room}/`, addressOf(proxy)),
    author: `guest on ${name}`,
    platform,
    backoffMs: () => RETRY_MS,
  })
  const texts: string[] = []
  client.onMessage(({ text }) => texts.push(text))
  client.connect()
  return { name, client, texts }
}
