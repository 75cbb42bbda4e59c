/**
 * The ports of transports that are not carried by HTTP.
 *
 * Each gets a listener of its own, and its connections are treated like HTTP's in all that is the server's
 * business: they are counted against the same caps, tracked in the same table, told of the shutdown, and given
 * the same grace. Off unless asked for: a port that speaks a protocol of ours knows no `Origin` and no `Host`,
 * so what guards HTTP against foreign pages does not guard it (docs/decisions/037-tcp-transports.md).
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import { isClientId } from '../../wire/presence.ts'
import { type Drain, drainRefusal } from '../drain/drain.ts'
import type { Identity } from '../identity/identity.ts'
import { subnetOf } from '../limits/addresses.ts'
import type { ConnectionSlots } from '../limits/connections.ts'
import { HEADERS_MS } from '../limits/timeouts.ts'
import { type ServerMetrics, trackConnections } from '../observe/server-metrics.ts'
import type { Lab, TcpLab, TcpTransport } from '../transport-kit/server-transport.ts'

/** Where a transport listens. */
export interface TcpListen {
  /** Of the transport. */
  readonly name: string
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** How many connections may wait to be accepted; Node's 511 unless given. */
  readonly backlog?: number | undefined
}

/** A port that could not be had. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly listen: TcpListen
  readonly code: string

  constructor(listen: TcpListen, cause: NodeJS.ErrnoException) {
    super(`${listen.name} cannot listen on ${listen.host}:${listen.port} (${cause.code})`, { cause })
    this.listen = listen
    this.code = cause.code ?? ''
  }
}

/** How long a connection may stay before the transport has said whose it is, unless the transport says. */
export const IDENTIFY_MS = HEADERS_MS

export interface TcpListenerOptions {
  readonly listen: TcpListen
  readonly transport: TcpTransport
  readonly lab: Lab
  readonly identity: Pick<Identity, 'callerWith'>
  readonly metrics: ServerMetrics
  /** No limit unless given. */
  readonly slots?: ConnectionSlots | undefined
  /** While it lasts, no reader is let in. */
  readonly drain: Pick<Drain, 'now'>
  /** Told where it listens, with the port that was taken for 0. */
  readonly onListening: (name: string, address: AddressInfo, server: Server) => void
}

/** Listens when the app does, and stops with it. @throws ListenError by the app's `listen` */
export function listenTcp(app: FastifyInstance, options: TcpListenerOptions): void {
  const { listen, transport, lab, identity, metrics, slots, drain, onListening } = options
  const server = createServer({ noDelay: true })
  const waiting = new WeakMap<Socket, NodeJS.Timeout>()
  const tcpLab: TcpLab = {
    ...lab,
    peerOf(socket, { room, token, clientId }) {
      if (clientId !== null && !isClientId(clientId)) throw new ChatError('bad-query', 'this is no client id')
      if (drain.now) throw drainRefusal() // it was greeted before
      const credentials = identity.callerWith(token, room)
      clearTimeout(waiting.get(socket))
      return { address: socket.remoteAddress ?? '', credentials, clientId }
    },
  }

  const { identifyMs = IDENTIFY_MS } = transport
  const serve = transport.open(tcpLab)

  trackConnections(server, metrics.connections)
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    socket.on('error', () => socket.destroy())
    const refusal = refusalOf(socket, address)
    if (refusal) {
      metrics.refused(refusal, { address })
      transport.refuse?.(socket, refusal)
      socket.destroySoon()
      return
    }
    const timer = setTimeout(() => socket.destroy(), identifyMs)
    waiting.set(socket, timer)
    socket.once('close', () => clearTimeout(timer))
    try {
      serve(socket)
    } catch (error) {
      metrics.logger.failed(error, { address })
      socket.destroy()
    }
  })

  /** Takes a slot for as long as the connection lasts. @returns why it may not have one */
  function refusalOf(socket: Socket, address: string): ChatError | null {
    if (lab.shutdown.aborted) return new ChatError('stopping', 'the server is going away; try again soon')
    if (drain.now) return drainRefusal()
    if (!slots) return null
    const slot = { address: subnetOf(address), inAll: true }
    try {
      slots.acquire(slot)
    } catch (error) {
      if (error instanceof ChatError) return error
      throw error
    }
    socket.once('close', () => slots.release(slot))
    return null
  }

  app.addHook(
    'onReady',
    () =>
      new Promise<void>((resolve, reject) => {
        server.once('error', (error) => reject(new ListenError(listen, error)))
        const { host, port, backlog } = listen
        server.listen({ host, port, backlog }, () => {
          onListening(listen.name, server.address() as AddressInfo, server)
          resolve()
        })
      }),
  )
  app.addHook('preClose', async () => void server.close())
}
