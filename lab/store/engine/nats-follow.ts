/**
 * A follower of the stream, by an ordered consumer of the NATS client: it asks for what comes after its place, and
 * begins again behind the last entry when one is missing, when NATS goes and when it comes back.
 *
 * The consumer skips what is gone, and waits for ever at the end of a stream that was made again. So each place is looked at
 * here, and now and then the stream is.
 */
import { type ConsumerMessages, DeliverPolicy } from '@nats-io/jetstream'
import { ahead, EngineError, type EngineErrorCode, gone, type LogFollower, type Position } from './engine.ts'
import { has, infoOf, type OpenStream } from './nats-stream.ts'

/** Entries that NATS may send ahead of what was taken: of the longest, 16 MiB. */
const AHEAD = 64
/** In milliseconds: NATS gives a sign of life so often, the least that its client allows. After two that fail, the consumer is made again. */
const HEARTBEAT_MS = 500
/** After so many milliseconds NATS lets go of a request for entries, and the client asks again. */
const EXPIRES_MS = 5_000
/** How often the stream is looked at, in milliseconds; one small request each time. */
const LOOK_MS = 2_000
/** How often what looks wrong is looked at again, and for how long it must look so on one server and on several, in milliseconds. */
const LOOK_AGAIN_MS = 500
const CONFIRM_MS = { alone: 500, replicated: 5_000 }
/** Between two attempts to begin, in milliseconds. */
const AGAIN_MS = 200

export class StreamFollower {
  readonly #of: OpenStream
  readonly #follower: LogFollower
  #at: Position
  #messages: ConsumerMessages | null = null
  #isOver = false
  #wake = () => {}
  readonly #looking: NodeJS.Timeout
  /** Where this was when the stream was looked at last: an entry that does not come until the next look is asked for. */
  #atLastLook: Position | null = null
  /** What a look found to be wrong, and when by `performance.now()`. */
  #suspicion: { readonly of: EngineErrorCode; readonly since: number } | null = null

  constructor(of: OpenStream, after: Position, follower: LogFollower) {
    this.#of = of
    this.#at = after
    this.#follower = follower
    this.#looking = setInterval(() => void this.#look().catch(() => {}), LOOK_MS)
    void this.#run()
  }

  /** Ends it; the follower is told nothing. */
  stop(): void {
    this.#isOver = true
    clearInterval(this.#looking)
    this.#wake()
    void this.#messages?.close()
  }

  /** Ends it, and tells the follower why. */
  end(why: Error): void {
    if (this.#isOver) return
    this.stop()
    this.#follower.onEnd(why)
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#look()
        if (!this.#isOver) await this.#takeAll()
      } catch {
        // NATS is away, or has no leader. A writer is told by its append; a follower begins again.
      }
      if (!this.#isOver) await this.#pause(AGAIN_MS)
    }
  }

  async #takeAll(): Promise<void> {
    const { js, stream } = this.#of
    const consumer = await js.consumers.get(stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#at + 1,
    })
    try {
      if (this.#isOver) return
      const options = { max_messages: AHEAD, expires: EXPIRES_MS, idle_heartbeat: HEARTBEAT_MS }
      this.#messages = await consumer.consume(options)
      for await (const { seq, data } of this.#messages) {
        if (this.#isOver) return
        this.#take(seq, data)
      }
    } finally {
      void this.#messages?.close()
      consumer.delete().catch(() => {}) // or NATS does, when it has been idle for some minutes
    }
  }

  #take(seq: Position, body: Uint8Array): void {
    if (seq <= this.#at) return // sent again after a reconnect
    if (seq !== this.#at + 1) {
      this.#beginAgain()
      return
    }
    try {
      this.#follower.onEntry(seq, body)
      this.#at = seq
    } catch (error) {
      this.end(error as Error)
    }
  }

  /** What comes next did not come. Perhaps it is gone, and perhaps not everywhere: the next look tells. */
  #beginAgain(): void {
    this.#atLastLook = this.#at
    void this.#messages?.close()
  }

  /** Finds what no entry would tell: that the stream is another one, has lost its end, or has not what comes next. */
  async #look(): Promise<void> {
    const { jsm, stream, log } = this.#of
    const info = await infoOf(jsm, stream).catch((error) => {
      this.#suspicion = null // what was said before it was away is old
      throw error
    })
    if (this.#isOver) return
    if (!info?.config.description?.includes(` ${log},`)) {
      const why = `the log ${log} is gone: the stream ${stream} is not there, or is another`
      return this.#suspect(new EngineError('other-log', why), (info?.config.num_replicas ?? 1) > 1)
    }
    const { last_seq: last } = info.state
    const isReplicated = info.config.num_replicas > 1
    if (last < this.#at) return this.#suspect(ahead(this.#at, last), isReplicated)
    const stands = this.#atLastLook === null || this.#atLastLook === this.#at
    this.#atLastLook = this.#at
    if (last > this.#at && stands) {
      const next = this.#at + 1
      const isThere = await has(this.#of, next)
      if (this.#at + 1 === next) {
        if (!isThere) return this.#suspect(gone(next), isReplicated)
        void this.#messages?.close() // it is there and does not come: a new consumer
      }
    }
    this.#suspicion = null
  }

  /**
   * A server of NATS that was just begun, or has just come to lead, may not have heard of the newest yet; when it says the same for
   * some time it is believed. To give up the log for what is only late would leave this server without it until it is started again.
   */
  async #suspect(why: EngineError, isReplicated: boolean): Promise<void> {
    const now = performance.now()
    const confirmMs = isReplicated ? CONFIRM_MS.replicated : CONFIRM_MS.alone
    if (this.#suspicion?.of !== why.code) this.#suspicion = { of: why.code, since: now }
    else if (now - this.#suspicion.since >= confirmMs) return this.end(why)
    await this.#pause(LOOK_AGAIN_MS)
    if (!this.#isOver) await this.#look()
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
