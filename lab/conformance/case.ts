/** The words of the contract: what a case is, and what is put to the test. */
import type { Transport, TransportFactory } from '../client/transport.ts'
import type { HubOptions } from '../hub/hub.ts'
import type { Lab, ServerTransport } from '../server/server-transport.ts'
import type { Stage } from './stage.ts'

/** What a case may need and a subject may lack. */
export type Need = 'wire'

/** One promise that every transport keeps. */
export interface Case {
  /** A sentence that is true of every transport. */
  readonly name: string
  /** For somebody whose transport fails it: what a user would see, and where to look. */
  readonly why: string
  readonly needs?: readonly Need[]
  /** Other limits for the room than the usual ones. */
  readonly hub?: Omit<HubOptions, 'epoch'>
  /** Resolves when the promise is kept, throws when it is not. */
  run(stage: Stage): Promise<void>
}

/** What is put to the test: the two halves of a transport, or one that has no wire between them. */
export type Subject =
  | { readonly name: string; readonly client: TransportFactory; readonly server: ServerTransport }
  | { readonly name: string; readonly inProcess: (door: () => Lab | null) => Transport }

/** Why a subject cannot run a case that needs this; null when it can. */
export function lack(subject: Subject, need: Need): string | null {
  if (need === 'wire' && 'inProcess' in subject) return 'it lives in one process: there is no wire to break'
  return null
}
