/**
 * What the control of a cluster is asked and answers, under `/cluster/` at the front: shapes, and the check of what comes from
 * outside. The lab page's card speaks it; a server that is alone has none of it.
 */
import * as v from 'valibot'
import type { Parsed } from '../../wire/field.ts'

/** By `Server-Timing` on the page itself, the front says that it has a control (https://www.w3.org/TR/server-timing/). */
export const CLUSTER_MARK = 'cluster'

/** `leaving`: it takes no new readers, and tells the old ones goodbye. `behind`: not ready, by its own `/healthz`. */
export type ServerStatus = 'down' | 'starting' | 'alive' | 'behind' | 'leaving' | 'frozen'

export interface ServerState {
  readonly name: string
  readonly port: number
  readonly pid: number | null
  readonly status: ServerStatus
  /** Place of the last entry of the log that was applied there; null when it does not say. */
  readonly applied: number | null
  /** Entries that the log has and it has not; null when it does not say. */
  readonly lag: number | null
  /** While it is leaving, how many have not been told goodbye; null otherwise. */
  readonly readers: number | null
  /** Those of the tabs that were asked about whose reader is there. */
  readonly tabs: readonly string[]
  /** Why it could not be started, when that was tried; '' otherwise. */
  readonly problem: string
}

export interface EngineState {
  readonly name: string
  readonly port: number
  readonly pid: number | null
  readonly status: 'down' | 'starting' | 'alive' | 'frozen'
  /** Whether the others say that it leads; null when none knows a leader. */
  readonly leads: boolean | null
  /** Number of the last entry that it has; null when it does not say. */
  readonly position: number | null
  /** Entries that another node has and it has not. */
  readonly lag: number | null
  readonly problem: string
}

/** `GET /cluster/state?tabs=ID,ID…`. */
export interface ClusterState {
  /** Milliseconds since the Unix epoch, by the control's clock. */
  readonly now: number
  readonly servers: readonly ServerState[]
  readonly engines: readonly EngineState[]
  /** How many nodes must answer for the log to take an entry. */
  readonly quorum: number
}

/** `start` of a server that is leaving stops it first, in order: an update would do that. */
export const ACTIONS = ['kill', 'freeze', 'go on', 'start', 'drain'] as const
export type Action = (typeof ACTIONS)[number]

/** `POST /cluster/orders`. */
export const OrderSchema = v.strictObject({
  /** A server's, or an engine node's. */
  name: v.pipe(v.string(), v.maxLength(32)),
  action: v.picklist(ACTIONS),
})
export type Order = Parsed<typeof OrderSchema>

/** More tabs than a page has lanes, and so long an id at most. */
export const MOST_TABS = 32
export const TAB_ID = /^[a-z0-9]{1,32}$/
