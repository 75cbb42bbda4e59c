/**
 * The shared log on NATS JetStream: one stream, whose sequence numbers are the places.
 *
 * An entry is sent with a message id until it is acknowledged, and NATS keeps it once. No expected-sequence header: with
 * three replicas, nats-server 2.9.10 acknowledged both of two racing writers that had sent the same one, in 103 of 300
 * races (docs/decisions/075-nats.md). The order is whatever NATS gives, and that is all that is asked of it.
 */
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Bus } from './bus.ts'
import { checkEntry, closed, type Engine, EngineError, type Entry, type Position } from './engine.ts'
import { parseNatsAddress } from './nats-address.ts'
import { checkServer, connectTo } from './nats-connect.ts'
import { inOurWords, unavailable } from './nats-errors.ts'
import { StreamFollower } from './nats-follow.ts'
import { has, type OpenStream, openStream, stateOf, subjectOf } from './nats-stream.ts'
import { ATTEMPT_MS, again as askAgain, GIVE_UP_MS } from './reach/again.ts'
import { natsRequests } from './requests/nats-requests.ts'
import type { Requests } from './requests/requests.ts'

export interface NatsOptions {
  /** How many servers of NATS keep each entry; only a stream that is not there yet is made so. 1 unless given. */
  readonly replicas?: number
  /** The stream's name; `TRANSPORT_LAB` unless given. */
  readonly stream?: string
  /** The log that this server's own store belongs to; null while it belongs to none. */
  readonly log?: string | null
  /** Most bytes of the log; what NATS allows unless given. */
  readonly maxBytes?: number
  /** For how long an entry is sent again before its writer is told, in milliseconds. */
  readonly giveUpMs?: number
  /** The certificates that are believed, as PEM; those of Node unless given. */
  readonly ca?: string
  /** Told when NATS begins to be away, and with null when it is back. */
  readonly onTrouble?: (cause: EngineError | null) => void
}

/** The log, and what is beside it. */
export interface NatsLog extends Engine {
  readonly bus: Bus
  readonly requests: Requests
}

const STREAM = 'TRANSPORT_LAB'

/** @throws EngineError with a line for the person who starts the server */
export async function openNatsEngine(address: string, options: NatsOptions = {}): Promise<NatsLog> {
  const parsed = parseNatsAddress(address)
  const { stream = STREAM, replicas = 1, maxBytes = -1, giveUpMs = GIVE_UP_MS } = options
  const connection = await connectTo(parsed, options.ca)
  try {
    checkServer(connection)
    const jsm = await managerOf(connection)
    const name = { name: stream, replicas, maxBytes }
    const log = await again(giveUpMs, () => openStream(jsm, name))
    if (options.log && options.log !== log) {
      throw new EngineError(
        'other-log',
        `this server’s data belong to the log ${options.log}, and the stream ${stream} is the log ${log}; ` +
          `choose the folder or the stream that belongs to it`,
      )
    }
    return new NatsEngine(
      connection,
      { js: jetstream(connection), jsm, stream, log },
      giveUpMs,
      options.onTrouble,
    )
  } catch (error) {
    await connection.close()
    throw inOurWords(error, 'the log cannot be opened')
  }
}

class NatsEngine implements NatsLog {
  readonly log: string
  readonly bus: Bus
  readonly requests: Requests
  reconnects = 0
  readonly #connection: NatsConnection
  readonly #of: OpenStream
  readonly #giveUpMs: number
  readonly #onTrouble: (cause: EngineError | null) => void
  readonly #followers = new Set<StreamFollower>()
  #isConnected = true
  #isInTrouble = false

  constructor(
    connection: NatsConnection,
    of: OpenStream,
    giveUpMs: number,
    onTrouble: (cause: EngineError | null) => void = () => {},
  ) {
    this.log = of.log
    this.#connection = connection
    this.#of = of
    this.#giveUpMs = giveUpMs
    this.#onTrouble = onTrouble
    this.bus = { publish: (body) => this.#tell(body), subscribe: (onMessage) => this.#listen(onMessage) }
    this.requests = natsRequests(connection, `${subjectOf(of.stream, of.log)}.ask`)
    void this.#watch()
  }

  async append(entry: Entry): Promise<Position> {
    checkEntry(entry)
    const position = await again(
      this.#giveUpMs,
      () => this.#send(entry),
      (cause) => this.#trouble(cause),
    )
    this.#trouble(null)
    return position
  }

  /** @throws EngineError `unavailable` when it may be tried again */
  async #send({ id, body }: Entry): Promise<Position> {
    if (this.#connection.isClosed()) throw closed()
    // What is sent meanwhile would wait in memory, once for each attempt.
    if (!this.#isConnected) throw unavailable('NATS is away')
    const { js, stream, log } = this.#of
    const { seq } = await js.publish(subjectOf(stream, log), body, {
      msgID: id,
      timeout: ATTEMPT_MS,
      expect: { streamName: stream },
    })
    // The same entry is on its way already, and has no place yet.
    if (seq === 0) throw unavailable('NATS has not yet stored it')
    return seq
  }

  follow(after: Position, follower: Parameters<Engine['follow']>[1]): () => void {
    if (this.#connection.isClosed()) {
      queueMicrotask(() => follower.onEnd(closed()))
      return () => {}
    }
    const one = new StreamFollower(this.#of, after, {
      onEntry: (position, body) => follower.onEntry(position, body),
      onEnd: (why) => {
        this.#followers.delete(one)
        follower.onEnd(why)
      },
    })
    this.#followers.add(one)
    return () => {
      this.#followers.delete(one)
      one.stop()
    }
  }

  #tell(body: Uint8Array): void {
    // What is told while NATS is away would wait in memory, and be old when it comes.
    if (!this.#isConnected || this.#connection.isClosed()) return
    try {
      this.#connection.publish(busOf(this.#of), body)
    } catch {} // it is too long, or the connection closes: lost, as some of it may be
  }

  #listen(onMessage: (body: Uint8Array) => void): () => void {
    const callback = (error: Error | null, { data }: { readonly data: Uint8Array }) => {
      if (!error) onMessage(data)
    }
    const subscription = this.#connection.subscribe(busOf(this.#of), { callback })
    return () => subscription.unsubscribe()
  }

  async trim(before: Position): Promise<void> {
    await this.#ask(async (of) => {
      const { jsm, stream } = of
      const { first_seq: first, last_seq: last } = await stateOf(of)
      // Neither below nor beyond: to purge before 1 would be to purge all, and beyond the end it would move the end.
      const seq = Math.min(before, last + 1)
      if (seq > first) await jsm.streams.purge(stream, { seq })
    })
  }

  async erase(position: Position): Promise<void> {
    await this.#ask(async (of) => {
      // Asked for what is not there, a single server of NATS fails and three do not answer at all (2.9.10).
      if (await has(of, position)) await of.jsm.streams.deleteMessage(of.stream, position, true)
    })
  }

  newest(): Promise<Position> {
    return this.#ask(async (of) => (await stateOf(of)).last_seq)
  }

  async close(): Promise<void> {
    for (const follower of this.#followers) follower.end(closed())
    if (!this.#connection.isClosed()) await this.#connection.close()
  }

  #ask<T>(question: (of: OpenStream) => Promise<T>): Promise<T> {
    return again(this.#giveUpMs, () => {
      if (this.#connection.isClosed()) throw closed()
      return question(this.#of)
    })
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === 'disconnect') {
        this.#isConnected = false
        this.#trouble(unavailable('NATS is away'))
      }
      if (type === 'reconnect') {
        this.reconnects++
        this.#isConnected = true
        this.#trouble(null)
      }
    }
  }

  #trouble(cause: EngineError | null): void {
    if (this.#isInTrouble === (cause !== null)) return
    this.#isInTrouble = cause !== null
    this.#onTrouble(cause)
  }
}

/** Beside the stream's subject, so that no stream keeps it. */
const busOf = ({ stream, log }: OpenStream) => `${stream}.${log}.bus`

const again = <T>(
  giveUpMs: number,
  attempt: () => Promise<T>,
  onFailure?: (cause: EngineError) => void,
): Promise<T> => askAgain(giveUpMs, attempt, (error) => inOurWords(error, 'NATS did not do it'), onFailure)

const managerOf = (connection: NatsConnection): Promise<JetStreamManager> =>
  jetstreamManager(connection, { timeout: ATTEMPT_MS, checkAPI: false })
