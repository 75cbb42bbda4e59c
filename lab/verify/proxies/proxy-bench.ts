/** Where a test with a real proxy plays: the lab, the proxy in front of it, and clients on the other side. */
import { once } from 'node:events'
import { expect } from 'vitest'
import type { TransportName } from '../../../transports/manifest.ts'
import type { LabOptions } from '../../app/build-lab.ts'
import { startTestServer, type TestServer } from '../kit/test-server.ts'
import { NAME } from './certificate.ts'
import { type ProxyKind, type RealProxy, startProxy } from './proxy.ts'
import {
  type Http,
  networkBehind,
  openProxyClient,
  type ProxyClient,
  type ProxyNetwork,
} from './proxy-client.ts'
import type { Change } from './published.ts'

/** Generous, in milliseconds: the machine may be busy with other tests. */
export const TIMEOUT = { timeout: 20_000, interval: 10 }

export interface ProxyBenchOptions {
  /** What else than ports and folders shall be otherwise than published. */
  readonly changes?: readonly Change[]
  readonly lab?: LabOptions
  /** A lab that several proxies share, in the place of one of its own. */
  readonly server?: TestServer
}

export interface JoinOptions {
  readonly http?: Http
  /** Long polling: how long the server may keep a question, in milliseconds. */
  readonly holdMs?: number
}

export interface ProxyBench {
  readonly server: TestServer
  readonly proxy: RealProxy
  readonly fetch: typeof fetch
  /** Asks, and does not wait for the answer. @returns hangs up */
  ask(path: string, http: Http): () => void
  /** A URL behind the proxy, for HTTP or for a WebSocket. */
  at(path: string, scheme?: 'https' | 'wss'): string
  openSocket(url: string, origin?: string): InstanceType<ProxyNetwork['WebSocket']>
  /** A client that is open and listening. */
  join(name: TransportName, room: string, options?: JoinOptions): Promise<ProxyClient>
  joinAll(names: readonly TransportName[], room: string): Promise<ProxyClient[]>
  /** Waits until all clients have read exactly this. */
  allHaveRead(texts: readonly string[]): Promise<void>
  /** Fails if a client has noticed a loss or a repetition. */
  expectUnharmed(): void
  /** All clients leave. */
  leaveAll(): void
  close(): Promise<void>
}

export async function openProxyBench(
  kind: ProxyKind,
  { changes = [], lab, server: shared }: ProxyBenchOptions = {},
): Promise<ProxyBench> {
  const server = shared ?? (await startTestServer({ origins: [`https://${NAME}`], ...lab }))
  const proxy = await startProxy(kind, server.port, changes)
  const networks = { 'HTTP/1.1': networkBehind(proxy, 'HTTP/1.1'), 'HTTP/2': networkBehind(proxy, 'HTTP/2') }
  const clients: ProxyClient[] = []
  const { fetch, WebSocket } = networks['HTTP/2']

  const bench: ProxyBench = {
    server,
    proxy,
    fetch,
    ask(path, http) {
      const leaving = new AbortController()
      networks[http].fetch(bench.at(path), { signal: leaving.signal }).catch(() => {})
      return () => leaving.abort()
    },
    at: (path, scheme = 'https') => (scheme === 'wss' ? proxy.url.replace('http', 'ws') : proxy.url) + path,
    openSocket: (url, origin) => new WebSocket(url, origin),
    async join(name, room, { http = 'HTTP/2', holdMs } = {}) {
      const reader = await openProxyClient(proxy, name, { room, network: networks[http], holdMs })
      clients.push(reader)
      await expect.poll(() => reader.client.state.status, TIMEOUT).toBe('open')
      return reader
    },
    joinAll: (names, room) => Promise.all(names.map((name) => bench.join(name, room))),
    allHaveRead: (texts) =>
      expect
        .poll(() => clients.map(({ name, texts }) => [name, texts]), TIMEOUT)
        .toEqual(clients.map(({ name }) => [name, texts])),
    expectUnharmed() {
      for (const { name, client } of clients)
        expect(client.figures, name).toMatchObject({ duplicates: 0, lost: 0, gaps: 0 })
    },
    leaveAll() {
      for (const { client } of clients.splice(0)) client.close()
    },
    async close() {
      bench.leaveAll()
      await Promise.all(Object.values(networks).map((network) => network.close()))
      if (!shared) await server.stop()
      await proxy.stop()
    },
  }
  return bench
}

/** A room of its own for each test. */
export const roomFor = (...words: readonly string[]): string =>
  words
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '')

/** The status that a WebSocket handshake gets; 101 is how it should be. */
export async function handshake(bench: ProxyBench, path: string): Promise<number> {
  const socket = bench.openSocket(bench.at(path, 'wss'))
  const status = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number),
  ])
  socket.terminate()
  return status
}
