/** The house in which a stage stands: a real server with one transport, and what can be seen of it from outside. */
import type { AddressInfo, Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { buildLab, type LabOptions } from '../../app/build-lab.ts'
import type { Hub } from '../../hub/hub.ts'
import { Presences } from '../../hub/presences.ts'
import type { Clock } from '../../wire/clock.ts'
import type { Subject } from '../conformance/subject.ts'

/** The server of a stage: real, but for the subject that has no wire. */
export interface House {
  readonly hub: Hub
  /** Who is here; null where nobody is counted. */
  readonly presences: Presences | null
  readonly port: number | null
  readonly shutdown: AbortSignal
  backlog(): number
  /** Closes the connections on which nobody waits for an answer: HTTP keeps them for the next question. */
  closeIdle(): void
  close(): Promise<void>
}

export async function openHouseOf(
  subject: Subject,
  { hub, clock, ...options }: LabOptions & { readonly hub: Hub; readonly clock: Clock },
): Promise<House> {
  const stop = new AbortController()
  if ('inProcess' in subject) {
    const close = async () => stop.abort()
    return {
      hub,
      presences: null,
      port: null,
      shutdown: stop.signal,
      backlog: () => 0,
      closeIdle() {},
      close,
    }
  }
  const presences = new Presences({ clock })
  const transports = new Map([[subject.name, subject.server]])
  const app: FastifyInstance = await buildLab({
    ...{ clock, presences, ...options, transports },
    hub: subject.hub?.(hub) ?? hub,
  })
  const sockets = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    hub,
    presences,
    port: (app.server.address() as AddressInfo).port,
    shutdown: stop.signal,
    backlog: () => [...sockets].reduce((sum, { writableLength }) => sum + writableLength, 0),
    closeIdle: () => app.server.closeIdleConnections(),
    async close() {
      stop.abort()
      await app.close()
    },
  }
}
