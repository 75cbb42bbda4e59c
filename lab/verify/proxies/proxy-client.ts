/** Clients on the other side of the proxy: they trust its certificate, and know the lab by its published name. */

import type { LookupFunction } from 'node:net'
import { Agent, fetch as undiciFetch } from 'undici'
import { WebSocket } from 'ws'
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { type ChatClient, createChatClient } from '../../client/chat-client.ts'
import { platformOver } from '../kit/network/network.ts'
import type { RealProxy } from './proxy.ts'

export type Http = 'HTTP/1.1' | 'HTTP/2'

export interface ProxyNetwork {
  readonly fetch: typeof fetch
  readonly WebSocket: new (url: string | URL, origin?: string) => WebSocket
  close(): Promise<void>
}

/** The outside world as seen by a client for which the name leads to this proxy. */
export function networkBehind({ certificate }: RealProxy, http: Http): ProxyNetwork {
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

export interface ProxyClient {
  readonly name: TransportName
  readonly client: ChatClient
  /** What was shown, in order. */
  readonly texts: readonly string[]
}

export interface ProxyClientOptions {
  readonly room: string
  readonly network: ProxyNetwork
  /** Long polling: how long the server may keep a question, in milliseconds. */
  readonly holdMs?: number | undefined
}

/** Between two attempts, in milliseconds: a test waits for the proxy, and not for a backoff. */
const RETRY_MS = 100
const POLL_MS = 50

export async function openProxyClient(
  proxy: RealProxy,
  name: TransportName,
  options: ProxyClientOptions,
): Promise<ProxyClient> {
  const { room, network, holdMs = 25_000 } = options
  const client = createChatClient(await loadClient(name, { intervalMs: POLL_MS, holdMs }), {
    baseUrl: new URL(`/transports/${name}/rooms/${room}/`, proxy.url),
    author: `client on ${name}`,
    platform: platformOver(network),
    backoffMs: () => RETRY_MS,
  })
  const texts: string[] = []
  client.onMessage(({ text }) => texts.push(text))
  client.connect()
  return { name, client, texts }
}
