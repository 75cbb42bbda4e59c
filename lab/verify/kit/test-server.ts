/** The lab in the test's own process: real, on a port of its own, without pages. The only one that tests start. */
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { buildLab, type LabOptions } from '../../app/build-lab.ts'
import { Hub } from '../../hub/hub.ts'
import { createServerMetrics, type ServerMetrics } from '../../server/observe/server-metrics.ts'

export interface TestServer {
  /** @throws Error while it is stopped */
  readonly app: FastifyInstance
  readonly hub: Hub
  /** The same after a restart. */
  readonly port: number
  /** Its origin, such as `http://127.0.0.1:40123`. */
  readonly url: string
  /** The headers of the request that came last. Not of `/healthz`: proxies ask that whenever they like. */
  readonly lastHeaders: IncomingHttpHeaders
  /** Of a transport that is carried by TCP; undefined unless it was told to listen. */
  tcpPort(name: string): number | undefined
  /** What it has written and the kernel has not taken, over all connections, in bytes. */
  backlog(): number
  /** Publishes at the hub itself, as a writer on no transport. */
  say(room: string, text: string): void
  /** Stops as Ctrl-C does, and leaves the port free. */
  stop(): Promise<void>
  /** Starts again on the same port, with the same hub unless another is given. */
  start(changes?: LabOptions): Promise<void>
  /** The same as `stop`, for a server that will not start again. */
  close(): Promise<void>
}

/** @param prepare adds to the app what must be there before it listens, such as pages */
export async function startTestServer(
  options: LabOptions = {},
  prepare: (app: FastifyInstance) => Promise<void> = async () => {},
): Promise<TestServer> {
  let metrics: ServerMetrics = createServerMetrics()
  const tcpPorts = new Map<string, number>()
  let hub = options.hub ?? new Hub()
  let app: FastifyInstance | null = null
  let port = 0
  let scheme = 'http'
  let said = 0
  let lastHeaders: IncomingHttpHeaders = {}

  const server: TestServer = {
    get app() {
      if (!app) throw new Error('the test server is stopped')
      return app
    },
    get hub() {
      return hub
    },
    get port() {
      return port
    },
    get url() {
      return `${scheme}://127.0.0.1:${port}`
    },
    get lastHeaders() {
      return lastHeaders
    },
    tcpPort: (name) => tcpPorts.get(name),
    backlog: () =>
      [...metrics.connections.sockets].reduce((sum, { writableLength }) => sum + writableLength, 0),
    say: (room, text) => void hub.room(room).publish({ draftId: `host-${said++}`, author: 'host', text }),
    async stop() {
      const closing = app
      app = null
      await closing?.close()
    },
    async start(changes = {}) {
      metrics = options.metrics ?? createServerMetrics()
      const onListening = (name: string, { port }: AddressInfo) => void tcpPorts.set(name, port)
      const all = { onListening, ...options, hub, metrics, ...changes }
      hub = all.hub
      scheme = all.tls ? 'https' : 'http'
      const starting = await buildLab(all)
      await prepare(starting)
      starting.server.prependListener('request', ({ url, headers }) => {
        if (url !== '/healthz') lastHeaders = headers
      })
      await starting.listen({ port, host: '127.0.0.1' })
      port = (starting.server.address() as AddressInfo).port
      app = starting
    },
    close: () => server.stop(),
  }
  await server.start()
  return server
}
