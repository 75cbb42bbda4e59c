/** What the two kinds of process offer to the one that conducts the run. */
import type { HeaderStyle, RequestKind } from '../../lab/client/load/reader.ts'

/** The server under test, which publishes by itself: its CPU is the cost of carrying, not of being asked. */
export interface ServerApi {
  listen(input: {
    readonly subject: string
    /** For the stub of the self-check: how long it holds each message and each answer. */
    readonly delayMs: number
  }): Promise<{
    readonly port: number
    /** The pid of the program that serves, if it is not this process. */
    readonly program: number | null
  }>
  /** The place after all that has been published: where a reader begins who wants only what comes. */
  place(): { readonly since: string }
  /** Publishes one message, and says the place before it: a reader who begins there is given it at once. */
  leaveOne(input: { readonly payload: number }): { readonly since: string }
  publish(input: PublishInput): Promise<Published>
  usage(): Usage
  /** Collects garbage until memory no longer falls. */
  settle(): Promise<Usage>
  /** Cuts every connection without a word, and then publishes. */
  cut(input: { readonly messages: number; readonly payload: number }): Cut
}

export interface PublishInput {
  readonly messages: number
  /** Messages published in one turn, without a pause between them. */
  readonly burst: number
  /** Messages per second, open loop. */
  readonly perSecond: number
  /** Bytes of text per message. */
  readonly payload: number
  /** See Pace in measure/pacer.ts. */
  readonly precise: boolean
}

export interface Published {
  readonly messages: number
  /** The server's own CPU time, user and system, when it began. */
  readonly cpuUs: number
  readonly startedNs: number
  /** How late the publisher itself was; it is inside every latency. */
  readonly lateP99Us: number
}

export interface Usage {
  /** CPU time of this process since it began, user and system. */
  readonly cpuUs: number
  readonly rssBytes: number
  readonly connections: number
}

export interface Cut {
  readonly atNs: number
  readonly connections: number
  readonly lastNumber: number
}

/** The load: many cheap subscribers, grouped into audiences. */
export interface LoadApi {
  open(input: OpenInput): Promise<Opened>
  /**
   * Forgets what has been counted so far: a window of measurement begins. What arrives within `inTimeMs` of the
   * first message's due time is counted apart.
   */
  begin(input: { readonly audience: number; readonly inTimeMs: number }): void
  /** Waits for as many deliveries as the audience should have had since `begin`, then counts. */
  finish(input: FinishInput): Promise<Heard>
  /** Waits until every subscriber has had this message or a later one. */
  awaitNumber(input: {
    readonly audience: number
    readonly number: number
    readonly timeoutMs: number
  }): Promise<CaughtUp>
  close(input: { readonly audience: number }): Promise<void>
  /** autocannon: request and answer. */
  request(input: RequestInput): Promise<Answered>
}

export interface OpenInput {
  readonly subject: string
  readonly port: number
  readonly count: number
  /** How many connections may be on their way up at once. */
  readonly atOnce: number
  readonly since: string
  readonly headers: HeaderStyle
  /** Short polling: from one answer to the next question. */
  readonly pollMs: number
  /** Whether subscribers keep their cursor and come back when they are cut. */
  readonly resume: boolean
  /** Whether being open means having had a first message. */
  readonly untilFirst: boolean
  /** Where each polling subscriber stands within its interval is drawn from this. */
  readonly seed: number
}

export interface Opened {
  readonly audience: number
  readonly seconds: number
  /** From connecting to the first message, when the subject had one to give: a packed histogram of µs. */
  readonly first: string
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface FinishInput {
  readonly audience: number
  /** Deliveries that should come, over all subscribers of this audience. */
  readonly expected: number
  /** Give up when this long nothing has come that was still missing. */
  readonly quietMs: number
}

export interface Heard {
  readonly received: number
  /** Of those received, how many arrived within the time given to `begin`. */
  readonly inTime: number
  readonly duplicates: number
  /** Holes in the numbers. What never came at the end shows as `expected − received`. */
  readonly missed: number
  readonly requests: number
  /** Connections that ended without our asking. */
  readonly broken: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Packed histogram of µs from the scheduled sending to the receipt. */
  readonly latencies: string
  readonly lastNs: number
  /** CPU time of this load process in the window, and the window's length. */
  readonly cpuUs: number
  readonly wallUs: number
}

export interface CaughtUp {
  /** When the last subscriber had it; null when some never had. */
  readonly atNs: number | null
  readonly behind: number
}

export interface RequestInput {
  readonly kind: RequestKind
  readonly port: number
  /** `/transports/NAME/rooms/ROOM/`. */
  readonly path: string
  readonly since: string
  readonly connections: number
  readonly durationMs: number
  readonly payload: number
  readonly headers: HeaderStyle
}

export interface Answered {
  readonly answers: number
  readonly errors: number
  /** Messages that a long poll's carried cursor skipped or repeated. */
  readonly missed: number
  readonly seconds: number
  /** How busy the asking process was, in percent of a core: nearly 100 means that it set the pace. */
  readonly loadBusyPercent: number
  /** Packed histogram of µs. */
  readonly latencies: string
}
