/** What the timeline draws. Plain values: they cross from the worker to the page. */
import type { Direction } from './records.ts'

export type MarkKind =
  | 'request'
  | 'response'
  | 'event'
  | 'line'
  | 'frame'
  | 'control' // a close, ping or pong; `retry`; an HTTP/2 frame without content
  | 'heartbeat'
  | 'end'
  | 'raw'

/** A tile of one direction, which the inspector opens. */
export interface Mark {
  readonly id: number
  readonly connection: number
  readonly lane: string
  readonly direction: Direction
  readonly kind: MarkKind
  /** When its first byte passed, and its last; the server's clock, in milliseconds. */
  readonly at: number
  readonly until: number
  /** In a few words: `GET …/events`, `event`, `text frame`. */
  readonly label: string
  /** Bytes on the wire, framing included. */
  readonly size: number
  /** The messages in it, each by the id of its draft: the same in every lane. */
  readonly messages: readonly string[]
  /** What the first of them says, cut. */
  readonly text: string
  readonly problem: string | null
}

/** A request and its response: a bar with parts. */
export interface Exchange {
  readonly id: number
  readonly connection: number
  readonly lane: string
  readonly method: string
  readonly target: string
  /** When the connection was opened for it; null when it was open already. */
  readonly connecting: number | null
  /** The first and the last byte of the request. */
  readonly sent: number
  readonly sentUntil: number
  /** The first and the latest byte of the response; null before the first. */
  readonly answered: number | null
  readonly until: number | null
  readonly status: number | null
  readonly state: 'open' | 'done' | 'cut'
  /** What it is for: to ask, a stream, a socket, to send a message, to ask whether it may (CORS), another. */
  readonly role: 'poll' | 'stream' | 'socket' | 'send' | 'preflight' | 'other'
  /** The answer was a page without a message. */
  readonly isEmpty: boolean
  /** The same was asked before in this lane, and not answered whole. */
  readonly isRetry: boolean
  /** The marks of both, for the inspector. */
  readonly request: number
  readonly response: number | null
}

export interface ConnectionNews {
  readonly id: number
  readonly lane: string
  readonly opened: number
  readonly closed: number | null
  readonly by: string | null
}

export interface Fault {
  readonly id: number
  readonly lanes: readonly string[]
  readonly fault: string
  readonly at: number
  /** Null while it holds. */
  readonly until: number | null
}
