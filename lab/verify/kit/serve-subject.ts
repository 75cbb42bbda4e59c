/** The server of a bench: a real one with the one transport; for the subject without a wire, only its hub. */
import type { LabOptions } from '../../app/build-lab.ts'
import type { Hub } from '../../hub/hub.ts'
import { Presences } from '../../hub/presences.ts'
import { isTcp } from '../../server/transport-kit/server-transport.ts'
import type { Clock } from '../../wire/clock.ts'
import type { Subject } from '../conformance/subject.ts'
import { startTestServer } from './test-server.ts'

export interface SubjectServer {
  readonly hub: Hub
  /** Who is here; null where presence is not counted. */
  readonly presences: Presences | null
  readonly port: number | null
  readonly shutdown: AbortSignal
  backlog(): number
  /** Closes the connections on which no client waits for a response: HTTP keeps them for the next request. */
  closeIdle(): void
  close(): Promise<void>
}

export async function serveSubject(
  subject: Subject,
  { hub, clock, ...options }: LabOptions & { readonly hub: Hub; readonly clock: Clock },
): Promise<SubjectServer> {
  const stop = new AbortController()
  const { signal: shutdown } = stop
  if ('inProcess' in subject) {
    const close = async () => stop.abort()
    return { hub, presences: null, port: null, shutdown, backlog: () => 0, closeIdle() {}, close }
  }
  const presences = new Presences({ clock })
  const transports = new Map([...(subject.others ?? []), [subject.name, subject.server]])
  const server = await startTestServer({
    ...{ clock, presences, ...options, transports },
    hub: subject.hub?.(hub) ?? hub,
    ...(isTcp(subject.server) && { listen: [{ name: subject.name, host: '127.0.0.1', port: 0 }] }),
  })
  return {
    hub,
    presences,
    port: server.tcpPort(subject.name) ?? server.port,
    shutdown,
    backlog: server.backlog,
    closeIdle: () => server.app.server.closeIdleConnections(),
    async close() {
      stop.abort()
      await server.close()
    },
  }
}
