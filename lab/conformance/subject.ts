/** What is put to the test. */
import type { Transport, TransportFactory } from '../client/transport.ts'
import type { Lab, ServerTransport } from '../server/server-transport.ts'

/** The two halves of a transport, or one that has no wire between them. */
export type Subject =
  | { readonly name: string; readonly client: TransportFactory; readonly server: ServerTransport }
  | { readonly name: string; readonly inProcess: (door: () => Lab | null) => Transport }

/** What a case may need and a subject may lack. */
export type Need = 'wire'

/** Why a subject cannot run a case that needs this; null when it can. */
export function lack(subject: Subject, need: Need): string | null {
  if (need === 'wire' && 'inProcess' in subject) return 'it lives in one process: there is no wire to break'
  return null
}
