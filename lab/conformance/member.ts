/** Somebody in the chat: a client on a line of its own, and everything that reached it. */
import WebSocket from 'ws'
import { type ChatClient, type ConnectionState, createChatClient } from '../client/chat-client.ts'
import type { Gap } from '../client/ledger.ts'
import type { Platform } from '../client/platform.ts'
import type { Transport } from '../client/transport.ts'
import type { ChatMessage, Cursor } from '../wire/message.ts'
import type { Here } from '../wire/presence.ts'
import { createSkippingClock, type SkippingClock } from './clock.ts'
import type { TcpProxy } from './proxy.ts'
import type { Random } from './random.ts'

/** Short, so that a case waits for the network and not for the patience of the client. */
const RETRY_MS = 10

export interface Member {
  readonly name: string
  readonly client: ChatClient
  /** Everything that was shown, in the order in which it was. */
  readonly messages: readonly ChatMessage[]
  readonly states: readonly ConnectionState[]
  readonly gaps: readonly Gap[]
  /** All that was told of who is here; nothing without a tab. */
  readonly heres: readonly Here[]
  /** Whose lines carry signs of life: null for who reads without being counted. */
  readonly tab: string | null
  readonly cookie: string | null
  /** The client's clock, which can be put forward. */
  readonly clock: SkippingClock
  /** The line to the server. Only for cases that need `wire`. */
  readonly wire: TcpProxy
  /** Breaks the line, whatever it is made of; the next one works. */
  cut(): void
}

export interface MemberOptions {
  readonly name: string
  readonly transport: Transport
  readonly baseUrl: URL
  readonly since: Cursor | null
  readonly random: Random
  readonly proxy: TcpProxy | null
  readonly cut: () => void
  /** With it, the member is counted among those who are here. */
  readonly tab?: string | null
  /** What the member shows of having signed in; nothing unless given. */
  readonly cookie?: string | null
  /** Between two attempts to connect, in milliseconds. */
  readonly retryMs?: number
}

export function createMember(options: MemberOptions): Member {
  const { name, transport, baseUrl, since, random, proxy, cut, retryMs = RETRY_MS } = options
  const { tab = null, cookie = null } = options
  const clock = createSkippingClock()
  const client = createChatClient(transport, {
    baseUrl,
    author: name,
    since,
    platform: { ...(cookie === null ? { fetch, WebSocket } : showing(cookie)), clock, random },
    ...(tab !== null && { presence: { tab } }),
    backoffMs: () => retryMs,
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
    tab,
    cookie,
    clock,
    get wire() {
      if (!proxy) throw new Error('this subject has no wire: the case must say `needs: ["wire"]`')
      return proxy
    },
    cut,
  }
}

/** Goes on every request, as a browser would send it. */
function showing(cookie: string): Pick<Platform, 'fetch' | 'WebSocket'> {
  return {
    fetch: (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, cookie } }),
    WebSocket: class extends WebSocket {
      constructor(url: string | URL) {
        super(url, { headers: { cookie } })
      }
    },
  }
}
