/**
 * The reader that the benchmark runs a thousandfold: one connection, driven by raw bytes.
 *
 * A load process must cost little, so this is no client library: it says the bytes that a client of the
 * transport says, and looks into what comes back only as far as it must. Each transport brings its own in
 * `transports/NAME/load-reader.ts` ({@link LoadReaderModule}); the benchmark knows only what stands here.
 */

/** Whether requests carry the headers that a browser sends (about 640 bytes), or as few as HTTP/1.1 allows. */
export type HeaderStyle = 'browser' | 'bare'

/** What autocannon can ask of a transport: request and response, nothing that stays open. */
export type RequestKind = 'send' | 'short-poll' | 'long-poll' | 'churn'

/** What a reader is given: its connection, and the functions by which it reports. */
export interface ReaderContext {
  readonly port: number
  /** The cursor to begin after. */
  readonly since: string
  readonly headers: HeaderStyle
  readonly pollMs: number
  /** From 0 up to 1: where in its interval a poller stands, so that not all ask at once. */
  readonly phase: number
  /** Whether to keep track of the cursor, for coming back after a cut. It costs a look at every byte. */
  readonly resume: boolean
  write(bytes: string | Buffer): void
  /** Writes a request, and counts it. */
  ask(request: string): void
  /** From now on, what is published will arrive. */
  ready(): void
  /** Does it later, unless the subscriber is closed first or has lost its connection. */
  later(ms: number, act: () => void): void
  /** Looks for stamps in what a reader has unpacked. */
  scan(bytes: Buffer): void
  /** What came cannot be understood: the measurement is void. */
  fail(why: string): void
}

export interface WireReader {
  /** A connection is up, for the first time or again: say the first words. */
  begin(): void
  /** What came, in pieces of any size. The memory is used again at once: copy what is to be kept. */
  take(bytes: Buffer): void
}

/** What `transports/NAME/load-reader.ts` exports. */
export interface LoadReaderModule {
  /** @param room the room's path under this transport, with a slash at the end: `/transports/NAME/rooms/ROOM/` */
  readonly default: (context: ReaderContext, room: string) => WireReader
  readonly asks: readonly RequestKind[]
}
