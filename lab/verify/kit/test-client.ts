/** A chat client on a line of its own, and everything that reached it. */
import { type ChatClient, type ConnectionState, createChatClient } from '../../client/chat-client.ts'
import type { Gap } from '../../client/ledger.ts'
import type { Transport } from '../../client/transport.ts'
import type { ChatMessage, Cursor } from '../../wire/message.ts'
import type { Here } from '../../wire/presence.ts'
import type { Random } from '../../wire/random.ts'
import type { TcpProxy } from '../../wires/proxy.ts'
import { createSkippingClock, type SkippingClock } from './clock.ts'
import { type Network, PLAIN, signedInBy } from './network/network.ts'

/** Short, so that a case waits for the network and not for the client's back-off. */
export const SHORT_RETRY_MS = 10

export interface TestClient {
  readonly name: string
  readonly client: ChatClient
  /** Everything that was shown, in the order in which it was. */
  readonly messages: readonly ChatMessage[]
  readonly states: readonly ConnectionState[]
  readonly gaps: readonly Gap[]
  /** All that was told of who is here; nothing without a clientId. */
  readonly heres: readonly Here[]
  /** By which the server knows it; null for a reader who is not counted. */
  readonly clientId: string | null
  /** The client's clock, which can be put forward. */
  readonly clock: SkippingClock
  /** The line to the server. Only for cases that need `wire`. */
  readonly wire: TcpProxy
  /** What it shows with each request; null for nothing. */
  readonly token: string | null
  /** Breaks the line, whatever it is made of; the next one works. */
  cut(): void
}

export interface TestClientOptions {
  readonly name: string
  readonly transport: Transport
  readonly baseUrl: URL
  readonly since: Cursor | null
  readonly random: Random
  readonly proxy: TcpProxy | null
  readonly cut: () => void
  /** Under which name it writes; its own unless given. */
  readonly author?: string | undefined
  /** To show with each request. */
  readonly token?: string | null
  /** With it, the client is counted among those who are here. */
  readonly clientId?: string | null
  /** How it talks to the server; over HTTP/1.1, in the open, unless given. */
  readonly network?: Network | undefined
  /** Between two attempts to connect, in milliseconds; `usual` for what the client does by itself. */
  readonly retryMs?: number | 'usual'
}

export function createTestClient(options: TestClientOptions): TestClient {
  const { name, transport, baseUrl, since, random, proxy, cut, retryMs = SHORT_RETRY_MS } = options
  const { author = name, clientId = null, token = null, network = PLAIN } = options
  const clock = createSkippingClock()
  const client = createChatClient(transport, {
    baseUrl,
    author,
    since,
    platform: {
      ...(token === null ? network : signedInBy(token, network)),
      clock,
      random,
    },
    ...(clientId !== null && { presence: { clientId } }),
    ...(retryMs !== 'usual' && { backoffMs: () => retryMs }),
  })
  const messages: ChatMessage[] = []
  const states: ConnectionState[] = []
  const gaps: Gap[] = []
  const heres: Here[] = []
  client.onMessage((message) => messages.push(message))
  client.onState((state) => states.push(state))
  client.onGap((gap) => gaps.push(gap))
  client.onHere((here) => heres.push(here))
  return {
    name,
    client,
    messages,
    states,
    gaps,
    heres,
    clientId,
    clock,
    get wire() {
      if (!proxy) throw new Error('this subject has no wire: the case must say `needs: ["wire"]`')
      return proxy
    },
    cut,
    token,
  }
}
