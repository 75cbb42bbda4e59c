/**
 * Two servers on one log, in the lab's own process, for one visitor: the bodies of `/wires/servers` (docs/reference/protocol.md). Shapes
 * and the check of what comes from outside.
 */
import * as v from 'valibot'
import type { Parsed } from '../../wire/field.ts'

/** Below it are the same addresses as at the server's root: those of the transports, and of the rooms. */
export const SERVERS_PATH = '/wires/servers'

/** What can be done: `kill` and `start` to a server; `hold back` to a server, which gets no entry until `go on`; `stop` to the log, until `go on`. */
export const SERVER_ACTIONS = ['kill', 'start', 'hold back', 'stop', 'go on'] as const
export type ServerAction = (typeof SERVER_ACTIONS)[number]

/** `POST /wires/servers/orders`. */
export const ServerOrderSchema = v.strictObject({
  /** A server's, or `log`. */
  name: v.pipe(v.string(), v.maxLength(32)),
  action: v.picklist(SERVER_ACTIONS),
})
export type ServerOrder = Parsed<typeof ServerOrderSchema>

export interface OneServer {
  readonly name: string
  /** `held`: entries do not come to it. `behind`: not ready, by the word that its own `/healthz` would say. */
  readonly status: 'alive' | 'behind' | 'held' | 'down'
  /** Place of the last entry of the log that was applied there; null while it is down. */
  readonly applied: number | null
  /** Entries that the log has and it has not, by its own look of a second ago; null while it is down, or does not know. */
  readonly lag: number | null
  /** Readers that wait there for what comes: held polls, streams and sockets. */
  readonly readers: number
  /** Tabs whose latest request came there. */
  readonly tabs: readonly string[]
}

/** `GET /wires/servers`. */
export interface ServersState {
  /** The one room that they serve. */
  readonly room: string
  readonly servers: readonly OneServer[]
  readonly log: {
    readonly status: 'alive' | 'stopped'
    /** Number of its newest entry. */
    readonly position: number
  }
  /** When all of it is ended, in milliseconds since the Unix epoch. */
  readonly until: number
}
