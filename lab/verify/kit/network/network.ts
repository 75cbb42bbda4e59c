/** How a program talks to a server: `ws` takes headers, which a browser's WebSocket does not. */
import { connect } from 'node:net'
import WebSocket, { type ClientOptions } from 'ws'
import './warm-fetch.ts'
import { type Platform, systemClock, type WebSocketLike } from '../../../client/platform.ts'

export interface Network {
  readonly fetch: typeof fetch
  readonly WebSocket: new (url: string | URL, options?: ClientOptions) => WebSocketLike
  readonly connectTcp?: NonNullable<Platform['connectTcp']>
  readonly token?: string
}

/** HTTP/1.1, in the open. */
export const PLAIN: Network = {
  fetch,
  WebSocket,
  connectTcp: (to) => connect({ ...to, noDelay: true }),
}

/** The same network for a client that signs in by a token: in a header, where there is one (RFC 6750 §2.1). */
export const signedInBy = (token: string, network = PLAIN): Network => ({
  ...showing({ authorization: `Bearer ${token}` }, network),
  token,
})

/** The same network for a client that shows headers with each request. */
export function showing(headers: Readonly<Record<string, string>>, network = PLAIN): Network {
  return {
    ...network,
    fetch: (input, init) =>
      network.fetch(input, {
        ...init,
        headers: { ...(init?.headers as Record<string, string>), ...headers },
      }),
    WebSocket: class extends network.WebSocket {
      constructor(url: string | URL) {
        super(url, { headers })
      }
    },
  }
}

/** The outside world of a program in Node: what browserPlatform (web/platform.ts) is for a page. */
export function platformOver(
  { fetch, WebSocket }: Pick<Platform, 'fetch' | 'WebSocket'> = PLAIN,
  random: () => number = Math.random,
): Platform {
  return { fetch, WebSocket, clock: systemClock, random }
}
