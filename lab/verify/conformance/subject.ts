/** What is put to the test. */
import type { Transport, TransportFactory } from '../../client/transport.ts'
import type { Hub } from '../../hub/hub.ts'
import type { ServerTransport } from '../../server/transport-kit/server-transport.ts'

/** The two halves of a transport, or one that has no wire between them. */
export type Subject =
  | {
      readonly name: string
      readonly client: TransportFactory
      readonly server: ServerTransport
      /** What is served beside it: those that a client-only transport chooses among. */
      readonly others?: ReadonlyMap<string, ServerTransport>
      /** What the server sees in the hub's place; for planted defects. */
      readonly hub?: (hub: Hub) => Hub
      /** Cases that its descriptor says it cannot meet, and why (`cannot` in lab/client/descriptor.ts). */
      readonly cannot?: Readonly<Record<string, string>>
    }
  | { readonly name: string; readonly inProcess: (server: () => InProcessServer | null) => Transport }

/** A server without a wire. */
export interface InProcessServer {
  readonly hub: Hub
  /** Aborts when it closes. */
  readonly shutdown: AbortSignal
}

/** What a case may need and a subject may lack. */
export type Need = 'wire' | 'gateway'

/** Why a subject cannot run a case that needs this; null when it can. */
export function lack(subject: Subject, need: Need): string | null {
  if (!('inProcess' in subject)) return null
  if (need === 'wire') return 'it lives in one process: there is no wire to break'
  return 'it comes to a room without the gateway, which keeps the list of who is here'
}
