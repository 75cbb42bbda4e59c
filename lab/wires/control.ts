/**
 * What can be asked of the wires, and what they say about themselves: the bodies of `/wires` (docs/reference/protocol.md).
 *
 * Shapes and the check of what comes from outside; neither sockets nor HTTP.
 */
import * as v from 'valibot'
import type { Parsed } from '../wire/field.ts'
import type { ActivePitfall } from './pitfalls/control.ts'
import type { Alpn, FaultOnLanes, WireRecord } from './records.ts'

/** The header in which a teacher on another machine shows the token: no form and no foreign page can send it. */
export const TEACHER_HEADER = 'teacher-token'

/** How long a fault may last, in seconds. One that is left on by a visitor who went away must end by itself. */
export const MAX_FAULT_S = 3_600
/** Lanes that one order may name. */
const MAX_LANES = 64

/** `POST /wires/faults`. */
export const FaultOrderSchema = v.strictObject({
  /** The name of a fault of the catalogue. */
  fault: v.pipe(v.string(), v.maxLength(64)),
  /** Names of lanes; or all that there are. */
  lanes: v.optional(
    v.union([
      v.literal('all lanes'),
      v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.minLength(1), v.maxLength(MAX_LANES)),
    ]),
    'all lanes',
  ),
  /** By the names of the fault's settings; what is left out is as usual. */
  settings: v.optional(v.record(v.string(), v.number()), {}),
  /** Until it heals by itself; null for as long as a fault may last. */
  seconds: v.optional(v.nullable(v.pipe(v.number(), v.minValue(0.1), v.maxValue(MAX_FAULT_S))), null),
  /** Whose connections it touches: the visitor's own, or those of all. */
  whose: v.optional(v.picklist(['mine', 'all']), 'mine'),
})
export type FaultOrder = Parsed<typeof FaultOrderSchema>

/** Values of a fault's settings, by name. */
export type SettingValues = Readonly<Record<string, number>>

/** One number that a fault can be given. */
export interface FaultSetting {
  readonly name: string
  readonly label: string
  /** `ms`, `bytes`, `bytes/s`, `%`, `count`; a `switch` is 0 or 1. */
  readonly unit: 'ms' | 'bytes' | 'bytes/s' | '%' | 'count' | 'switch'
  readonly min: number
  readonly max: number
  /** What holds when it is not given. */
  readonly usual: number
}

/** What people are told about a fault. */
export interface FaultAbout {
  readonly name: string
  readonly title: string
  /** What it models, in one sentence. */
  readonly models: string
  /** Where it was seen: a public report. */
  readonly report: string
  readonly settings: readonly FaultSetting[]
  /** Whether it happens on the way, or is done by the server itself. */
  readonly scope: 'wire' | 'server'
  /** Over as soon as it has happened: it takes no `seconds`. */
  readonly isOnce: boolean
  /**
   * It is a box on the way that reads HTTP/1.1 and speaks no HTTP/2: while it is there, connections agree on HTTP/1.1, and those that
   * speak HTTP/2 already are ended first.
   */
  readonly readsHttp?: true
}

/** A fault, as one viewer may use it. */
export interface FaultOffer extends FaultAbout {
  /** Why the viewer cannot use it here, as a sentence; null when they can. */
  readonly off: string | null
}

/** A fault that is on. */
export interface ActiveFault extends FaultOnLanes {
  readonly id: number
  readonly settings: SettingValues
  readonly whose: 'mine' | 'all'
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** When it heals by itself; null for one that is over at once. */
  readonly until: number | null
  /** Whether the viewer may heal it. */
  readonly mine: boolean
}

/** Several faults that belong together, under the name of a place where they are met. */
export interface Preset {
  readonly name: string
  readonly title: string
  /** What it models, in one sentence. */
  readonly models: string
  readonly faults: readonly { readonly fault: string; readonly settings: SettingValues }[]
}

export interface LaneAt {
  /** Of the transport. */
  readonly name: string
  readonly port: number
  /** As the one who asks can reach it: by the host name that it asked by. */
  readonly origin: string
}

/** `GET /wires`. */
export interface WiresState {
  /** The server's clock, in milliseconds since the Unix epoch. */
  readonly now: number
  /** Whether all transports share the server's one port: then there are no lanes, and only the server's own faults. */
  readonly single: boolean
  readonly lanes: readonly LaneAt[]
  readonly faults: readonly FaultOffer[]
  readonly presets: readonly Preset[]
  /** Those that touch the one who asks. */
  readonly active: readonly ActiveFault[]
  /** Pitfalls that are on in lanes of the one who asks. */
  readonly pitfalls: readonly ActivePitfall[]
  /** How many faults others have set on connections of their own. */
  readonly others: number
  /** Whether the one who asks may set faults for all, and restart the server. */
  readonly mayAll: boolean
  /** Most that the server keeps of one visitor's records, in bytes. */
  readonly maxCaptureBytes: number
}

/** `GET /wires/connections`. */
export interface ConnectionsView {
  /** The server's clock, in milliseconds since the Unix epoch. */
  readonly now: number
  /** The viewer's own. */
  readonly connections: readonly ConnectionView[]
  /** How many connections others have, over all lanes. */
  readonly others: number
  /** Of the viewer's connections since the server started, those that have ended included. */
  readonly totals: readonly LaneTotal[]
}

/** Sums of one lane, without preflights. */
export interface LaneTotal {
  readonly lane: string
  /** Connections. */
  readonly opened: number
  /** Bytes at the client's end. */
  readonly toServer: number
  readonly toClient: number
}

export interface ConnectionView {
  readonly id: number
  readonly lane: string
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** Bytes at the client's end of the lane, without those of preflights (WHATWG Fetch §3.3.5). */
  readonly toServer: number
  readonly toClient: number
  /** Bytes that the server has written and the lane has not passed on: held by a fault, by a client that does not read, or in the server's memory. */
  readonly heldBytes: number
  /**
   * How many messages of its room the connection's reader has not been given yet: the server has not written them, since the
   * reader takes no more, or has not asked. What was written and has not left is in `heldBytes`. With several readers, as
   * over HTTP/2, that of the one farthest behind.
   *
   * Null where there is no reader to be behind: before the first request has named a room, and on a connection that only
   * sends, asks for files, or is refused. A poll's connection keeps the place of its last poll.
   */
  readonly cursorLag: number | null
  /** See {@link OpenRecord}. */
  readonly alpn?: Alpn
}

/** Most that one order may send, in bytes and in parts; and most of what comes back that is kept, in bytes. */
export const MAX_RAW_BYTES = 64 * 1024
export const MAX_RAW_PARTS = 16
export const MAX_RAW_ANSWER_BYTES = 256 * 1024
/** How long it is listened to after the last part, in seconds, at most; and before any part, in milliseconds. */
export const MAX_RAW_S = 10
export const MAX_RAW_PAUSE_MS = 2_000
/** What stands for the visitor's own cookies in a `Cookie` field: a page cannot read them, and the server knows them. */
export const OWN_COOKIE = '{cookie}'

/** `POST /wires/raw`: bytes to be written on a connection of one's own, and for how long to listen. */
export const RawOrderSchema = v.strictObject({
  /** The transport at whose port it is opened. There is no other way to say where to. */
  lane: v.pipe(v.string(), v.maxLength(64)),
  parts: v.pipe(
    v.array(
      v.strictObject({
        /** Base64 (RFC 4648 §4). */
        bytes: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]*={0,2}$/, 'this is no base64')),
        /** How long to wait before it is written. */
        pauseMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_RAW_PAUSE_MS)), 0),
        /** Whether to wait, {@link MAX_RAW_PAUSE_MS} at most, until something has come since the part before it. */
        afterAnswer: v.optional(v.boolean(), false),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_RAW_PARTS),
  ),
  seconds: v.optional(v.pipe(v.number(), v.minValue(0.1), v.maxValue(MAX_RAW_S)), 2),
})
export type RawOrder = Parsed<typeof RawOrderSchema>

/** The answer to it. */
export interface RawExchange {
  /** As the server counts it in {@link ConnectionsView}; null when the lane did not take it, and for a TCP transport's. */
  readonly connection: number | null
  /** What passed, as the client's end has seen it: in the shape of `GET /wires/records`. */
  readonly records: readonly WireRecord[]
  /**
   * Why it is over: the server has ended it, or reset it; the time was up; more came than is kept; or it was not taken at all.
   */
  readonly end: 'server' | 'reset' | 'time' | 'bound' | 'refused'
  /** Parts that were not written, since it was over before. */
  readonly unsent: number
}

/** Most tabs of a crowd: each takes two file descriptors of the server. */
export const MAX_CROWD = 1_000

/** `POST /wires/crowd`: tabs of one transport that wake at once. */
export const CrowdOrderSchema = v.strictObject({
  lane: v.pipe(v.string(), v.maxLength(64)),
  tabs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_CROWD)),
})
export type CrowdOrder = Parsed<typeof CrowdOrderSchema>

/** The answer to it. Times are from the moment at which they woke, in milliseconds. */
export interface CrowdResult {
  readonly tabs: number
  /** How many of them have all that was said while they slept. */
  readonly upToDate: number
  /** When half of them had it, and the last; null when that did not come to pass. */
  readonly halfMs: number | null
  readonly lastMs: number | null
  /** HTTP requests; a WebSocket handshake is one. */
  readonly requests: number
  readonly bytesToServer: number
  readonly bytesToClient: number
  /** Of the server's process, in which the tabs are too, until the last was up to date. */
  readonly cpuMs: number
  /** The first thing that went wrong, in words; null when nothing did. */
  readonly problem: string | null
}
