/** Where a transport is read from. Its own client half knows, so no test keeps a list of addresses. */
import { DESCRIPTORS, OVER_HTTP } from '../../../transports/descriptors.ts'
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { systemClock } from '../../client/platform.ts'

export interface ReadingAddress {
  /** Below `/transports/NAME/rooms/ROOM/`, without a query: `events`. */
  readonly path: string
  /** Whether it is a WebSocket's handshake, which is not answered by a body. */
  readonly upgrades: boolean
}

const ROOM = 'http://lab.invalid/transports/x/rooms/y/'

/** The address that a client half asks first, by a world in which nothing answers. Null when it asks none. */
async function firstAskedBy(name: TransportName): Promise<ReadingAddress | null> {
  let asked: ReadingAddress | null = null
  const ask = (address: string | URL, upgrades: boolean): never => {
    asked ??= { path: new URL(address).pathname.slice(new URL(ROOM).pathname.length), upgrades }
    throw new Error('nothing answers here')
  }
  const giveUp = new AbortController()
  const transport = await loadClient(name)
  await transport
    .open({
      baseUrl: new URL(ROOM),
      since: null,
      clientId: null,
      signal: giveUp.signal,
      platform: {
        fetch: async (input) => ask(input instanceof Request ? input.url : input, false),
        WebSocket: class {
          constructor(url: string | URL) {
            ask(url, true)
          }
        } as never,
        clock: systemClock,
        random: Math.random,
      },
      onActivity: () => {},
      pause: async () => {},
    })
    .catch(() => null)
  giveUp.abort()
  return asked
}

/** Of each transport that is read over HTTP, in the manifest's order. */
export async function readingAddresses(): Promise<ReadonlyMap<TransportName, ReadingAddress>> {
  const found = await Promise.all(OVER_HTTP.map(async (name) => [name, await firstAskedBy(name)] as const))
  return new Map(found.flatMap(([name, address]) => (address ? [[name, address] as const] : [])))
}

/** Those that speak WebSocket themselves, at `socket`: each has the same attacks to refuse, and the same wire. */
export async function webSocketTransports(): Promise<readonly TransportName[]> {
  return [...(await readingAddresses())].flatMap(([name, { path, upgrades }]) =>
    upgrades && path === 'socket' && DESCRIPTORS.get(name)?.carriedBy === 'http' ? [name] : [],
  )
}
