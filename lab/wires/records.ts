/**
 * What the tap tells of a visitor's connections, one {@link WireRecord} per line of `GET /wires/records` (NDJSON).
 *
 * Types alone: the page and whatever reads a capture import this file. Times are milliseconds since the Unix epoch, by
 * the server's clock, with fractions. A connection is numbered once, over all lanes, for as long as the server runs.
 */
export type Direction = 'toServer' | 'toClient'

export type WireRecord =
  | NowRecord
  | OpenRecord
  | BytesRecord
  | CloseRecord
  | FaultRecord
  | DroppedRecord
  | HiddenRecord

/** The server's clock: the first line, and then a heartbeat each second. */
export interface NowRecord {
  readonly kind: 'now'
  readonly at: number
}

/** A connection that is the viewer's: said when it is known, with the time at which it was opened. */
export interface OpenRecord {
  readonly kind: 'open'
  readonly connection: number
  /** The transport whose port it came to. */
  readonly lane: string
  readonly at: number
  /** What the client and the lane agreed on under TLS (RFC 7301); absent without TLS, where it is HTTP/1.1. */
  readonly alpn?: Alpn
}
export type Alpn = 'h2' | 'http/1.1'

/** Bytes at the client's end of the lane, as they are on the wire; after TLS where there is TLS. */
export interface BytesRecord {
  readonly kind: 'bytes'
  readonly connection: number
  readonly direction: Direction
  readonly at: number
  /** How many bytes went before these in this direction, whether they were recorded or not. */
  readonly offset: number
  /** Base64 (RFC 4648 §4). */
  readonly bytes: string
}

export interface CloseRecord {
  readonly kind: 'close'
  readonly connection: number
  readonly at: number
  /** Which end closed first. */
  readonly by: Ender
  /** A reset loses what was on its way (RFC 9293 §3.10.7.4); an end does not. */
  readonly how: 'end' | 'reset'
}
export type Ender = 'client' | 'server' | 'fault'

/** A fault by its name, and the lanes that it was set on. */
export interface FaultOnLanes {
  readonly fault: string
  readonly lanes: readonly string[]
}

/** A fault that touches the viewer has begun (`on`), or has been healed. */
export interface FaultRecord extends FaultOnLanes {
  readonly kind: 'fault'
  readonly id: number
  readonly at: number
  /** When it heals by itself; null for one that is over at once. */
  readonly until: number | null
  readonly on: boolean
}

/** Bytes that are in no record: a fault swallowed them, or the capture had no more room. */
export interface DroppedRecord {
  readonly kind: 'dropped'
  readonly connection: number
  readonly direction: Direction
  readonly bytes: number
  readonly at: number
  readonly why: 'fault' | 'bound'
}

/** From here on the connection serves another visitor too, and is recorded for neither. */
export interface HiddenRecord {
  readonly kind: 'hidden'
  readonly connection: number
  readonly at: number
}
