/**
 * The lanes of a server: a port for each transport that HTTP carries, in front of the server's own.
 *
 * They are opened after the server listens, at the ports behind its own if those are free. A page of the server reaches
 * them by CORS (docs/decisions/052-lanes-are-ports.md).
 */
import type { IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { epochNow, systemClock } from '../../wire/clock.ts'
import { faultRecord } from '../../wires/active-faults.ts'
import type { ActiveFault } from '../../wires/control.ts'
import type { RequestHead } from '../../wires/heads/request-heads.ts'
import type { Client, LaneListener, LaneTls } from '../../wires/listener.ts'
import { type ConnectionAbout, createWires, type Wires } from '../../wires/wires.ts'
import { namesFor, type Origins } from '../http/origins.ts'
import { HEADERS_MS } from '../limits/timeouts.ts'
import type { Certificate } from '../tls/certificates.ts'
import { PROTOCOLS, type SecureServer } from '../tls/secure-server.ts'
import { createInnerPort, lookLike } from './inner-port.ts'
import type { RawClient } from './raw/raw-exchange.ts'
import type { Visitors } from './visitors.ts'

export interface LanesOptions {
  /** The transports with a lane each: those that a browser can run. */
  readonly names: readonly string[]
  /** The first port to try; 0 takes any free ports. */
  readonly firstPort: number
  /** From where a client comes, in tests that have only one machine; where it says that it does, unless given. */
  readonly addressOf?: (socket: Socket) => string | undefined
}

/** What a server hands its lanes. */
export interface LanesHost {
  readonly origins: Origins
  readonly visitors: Visitors
  /** Names of the machine besides those of the address. */
  readonly hostNames: readonly string[]
  readonly tls: Certificate | undefined
  readonly secure: Pick<SecureServer, 'serveDecrypted' | 'onHttp2Request'> | undefined
  /** The listeners of transports that TCP carries, by name. */
  readonly tcp: ReadonlyMap<string, Server>
}

export interface OpenLane {
  readonly name: string
  readonly port: number
}

export interface Lanes {
  readonly wires: Wires
  /** Of all that will be open. */
  readonly names: readonly string[]
  /** Where they listen; empty before {@link open}. */
  readonly at: readonly OpenLane[]
  /** Opens them. The server must listen. @returns the ports that were taken by other programs, and passed over */
  open(): Promise<readonly number[]>
  /** The server to whose clients they lead; for build-app.ts. */
  attach(app: FastifyInstance, host: LanesHost): void
  /**
   * Opens a connection at a lane, or at the port of a transport that TCP carries, for a visitor. It leads to this server and nowhere else.
   *
   * @param onServed told which connection of the wires it is; of a TCP transport's there is none
   * @returns null when there is no such lane
   */
  connectRaw(lane: string, client: RawClient, onServed: (connection: number) => void): Socket | null
  /** The server restarts: no newcomer is taken while it does, and all who are recorded are told. */
  onRestart(active: ActiveFault, on: boolean): void
  /** Whether a request has come through a lane. */
  carries(request: FastifyRequest): boolean
  /** The sources of a content security policy that let a page of this host reach the lanes (CSP3 §2.3.1). */
  sourcesFor(request: Pick<FastifyRequest, 'hostname' | 'protocol'>): string
  /** See {@link LaneListener.setCertificate}. */
  setCertificate(certificate: Certificate): void
}

/** What a box speaks that knows no HTTP/2. */
const HTTP1 = ['http/1.1']

/** Taken ports that are passed over before any free one is taken. */
const MAX_TRIES = 32

export function createLanes({ names, firstPort, addressOf }: LanesOptions): Lanes {
  let app: FastifyInstance | null = null
  let host: LanesHost | null = null
  const attached = <T>(value: T | null): T => {
    if (value === null) throw new Error('these lanes have no server yet')
    return value
  }
  const listeners: LaneListener[] = []
  const serverAddress = () => attached(app).server.address() as AddressInfo

  const inner = createInnerPort<ConnectionAbout>((socket, { client }) => {
    const { secure } = attached(host)
    lookLike(socket, client, serverAddress().port)
    if (secure) secure.serveDecrypted(socket, client.onceAgreed)
    attached(app).server.emit('connection', socket)
  })
  // What comes there is taken by `onServed`.
  const raw = createInnerPort(() => {})
  const wires = createWires({
    connect: inner.connect,
    identify: (head) => attached(host).visitors.identify(head, host!.tls !== undefined, serverAddress().port),
    clock: systemClock,
  })

  /** Opens one at the first free port from `wanted` on. @returns the next to try */
  async function openOne(name: string, wanted: number, taken: number[]): Promise<number> {
    const { tls } = attached(host)
    const laneTls: LaneTls | undefined = tls && {
      ...{ cert: tls.cert, key: tls.key },
      protocolsFor: (address) => (wires.faults.speaksHttp1(name, address) ? HTTP1 : PROTOCOLS),
      handshakeMs: HEADERS_MS,
    }
    const options = { name, host: serverAddress().address, tls: laneTls, addressOf }
    for (let port = wanted; port !== 0 && port <= 65_535 && port < wanted + MAX_TRIES; port++) {
      try {
        listeners.push(await wires.openLane({ ...options, port }))
        return port + 1
      } catch (error) {
        if (!isTaken(error)) throw error
        taken.push(port)
      }
    }
    listeners.push(await wires.openLane({ ...options, port: 0 }))
    return 0
  }

  return {
    wires,
    names,
    get at() {
      return listeners.map(({ name, port }) => ({ name, port }))
    },
    async open() {
      const { origins } = attached(host)
      await Promise.all([inner.listen(), raw.listen()])
      const taken: number[] = []
      let next = firstPort
      for (const name of names) next = await openOne(name, next, taken)
      for (const { port } of listeners) for (const origin of originsAt(port)) origins.add(origin)
      return taken
    },
    attach(to, of) {
      app = to
      host = of
      of.secure?.onHttp2Request((headers, socket) => {
        wires.connectionOf(socket)?.onRequest(headFrom(headers))
      })
      // A ticket is good once, so only the server knows whose it was.
      app.addHook('onRequest', (request, _reply, done) => {
        if (request.raw.url?.includes('ticket=')) {
          wires.connectionOf(request.raw.socket)?.claim(of.visitors.of(request))
        }
        done()
      })
      app.addHook('preClose', async () => wires.stopListening())
      app.addHook('onClose', async () => {
        wires.close()
        inner.close()
        raw.close()
      })
    },
    connectRaw(lane, { visitor, ...from }, onServed) {
      const isSecure = attached(host).tls !== undefined
      if (listeners.some(({ name }) => name === lane))
        return raw.connect({
          onServed(socket) {
            const client = { ...from, isSecure, socket, raw: socket, ...PLAIN }
            const connection = wires.serve(lane, client, visitor)
            if (connection) onServed(connection.id)
          },
        })
      const server = attached(host).tcp.get(lane)
      if (!server) return null
      return raw.connect({
        onServed(socket) {
          socket.allowHalfOpen = false
          lookLike(socket, { ...from, isSecure: false }, (server.address() as AddressInfo).port)
          server.emit('connection', socket)
        },
      })
    },
    onRestart(active, on) {
      wires.takesNewcomers = !on
      wires.tap.addForAll(faultRecord(active, epochNow(), on))
    },
    carries: (request) => wires.connectionOf(request.raw.socket) !== undefined,
    sourcesFor: ({ hostname, protocol }) =>
      listeners
        .flatMap(({ port }) =>
          [protocol, protocol === 'https' ? 'wss' : 'ws'].map((scheme) => `${scheme}://${hostname}:${port}`),
        )
        .join(' '),
    setCertificate(certificate) {
      for (const lane of listeners) lane.setCertificate(certificate)
    },
  }

  /** The names under which a browser may know a port of ours, as origins (see guardOrigins). */
  function originsAt(port: number): string[] {
    const { tls, hostNames } = attached(host)
    const names = [...namesFor(serverAddress().address), ...hostNames]
    return names.flatMap((name) => {
      const url = `${tls ? 'https' : 'http'}://${name}:${port}`
      return URL.canParse(url) ? new URL(url).origin : []
    })
  }
}

/** What the lab's own connections speak: there was no handshake that could have agreed on anything else. */
const PLAIN: Pick<Client, 'alpn' | 'onceAgreed'> = {
  alpn: () => 'http/1.1',
  onceAgreed: (action) => action('http/1.1'),
}

/** The head of a request as HTTP/1.1 would write it; cookies may come in several fields (RFC 9113 §8.2.3). */
function headFrom(fields: IncomingHttpHeaders): RequestHead {
  const headers = new Map(
    Object.entries(fields).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join('; ') : (value ?? ''),
    ]),
  )
  return { method: headers.get(':method') ?? '', target: headers.get(':path') ?? '', headers }
}

const isTaken = (error: unknown) =>
  ['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')
