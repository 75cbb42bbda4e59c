/**
 * The shared log on etcd: entries under the keys of their places, each appended by one transaction.
 *
 * The transaction compares the head and sets it, so two servers that append at once do not get one place: the second is told where the log ends now, and
 * tries the next place. In the same transaction the entry's id is looked for and written, so an entry that is sent again is there once.
 */
import { base36 } from '../../../wire/base36.ts'
import type { Bus } from '../bus.ts'
import {
  checkEntry,
  closed,
  type Engine,
  EngineError,
  type Entry,
  type Position,
  REPEAT_MS,
} from '../engine.ts'
import { again, GIVE_UP_MS } from '../reach/again.ts'
import { etcdRequests } from '../requests/etcd-requests.ts'
import type { Requests } from '../requests/requests.ts'
import { parseEtcdAddress } from './address.ts'
import { createEtcdBus } from './bus.ts'
import { LogWatcher } from './follow.ts'
import {
  b64,
  type Gateway,
  GRPC,
  GrpcError,
  openGateway,
  type RangeResponse,
  type TxnResponse,
  unavailable,
  unusable,
} from './gateway.ts'
import { is, isAbsent, type Keys, keysBelow, nameIn, openLog, positionIn, range, valueAt } from './keys.ts'

export interface EtcdOptions {
  /** Below which all keys of the log are; `transport-lab/` unless given. */
  readonly prefix?: string
  /** The log that this server's own store belongs to; null while it belongs to none. */
  readonly log?: string | null
  /** For how long an entry is sent again before its writer is told, in milliseconds. */
  readonly giveUpMs?: number
  /** Told when etcd begins to be away, and with null when it is back. */
  readonly onTrouble?: (cause: EngineError | null) => void
}

/** The log, and what is beside it. */
export interface EtcdLog extends Engine {
  readonly bus: Bus
  readonly requests: Requests
}

const PREFIX = 'transport-lab/'
/** The JSON gateway is at `/v3` since then (etcd, CHANGELOG-3.4). */
const OLDEST = [3, 4] as const
/** How often the revisions before the last minute are let go of, in milliseconds. All that is there stays: only what it was before goes. */
const COMPACT_MS = 60_000

/** Entries that are removed at once. */
const AT_ONCE = 5_000
/** How long a compaction may take that is waited for, in milliseconds: etcd (3.4) rests for 100 ms after each thousand of revisions. */
const COMPACTION_MS = 60_000

/** How long closing waits for an entry that is underway, in milliseconds. */
const LAST_ENTRY_MS = 500

/** @throws EngineError with a line for the person who starts the server */
export async function openEtcdEngine(address: string, options: EtcdOptions = {}): Promise<EtcdLog> {
  const { prefix = PREFIX, giveUpMs = GIVE_UP_MS, onTrouble } = options
  const gateway = openGateway(parseEtcdAddress(address))
  const keys = keysBelow(prefix)
  try {
    const about = await again(
      giveUpMs,
      async () => {
        checkVersion(await gateway.version())
        return openLog(gateway, keys, prefix)
      },
      inOurWords,
    )
    const log = nameIn(about)
    if (options.log && options.log !== log)
      throw new EngineError(
        'other-log',
        `this server’s data belong to the log ${options.log}, and this etcd has the log ${log}; choose the folder or the etcd that belongs to it`,
      )
    return new EtcdEngine(gateway, keys, about, giveUpMs, onTrouble)
  } catch (error) {
    gateway.close()
    throw inOurWords(error)
  }
}

function checkVersion(version: string): void {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number)
  if (!(major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])))
    throw unusable(`this is etcd ${version}; ${OLDEST.join('.')} or newer is needed`)
}

function inOurWords(error: unknown): EngineError {
  if (error instanceof EngineError) return error
  const { message } = error as Error
  return error instanceof GrpcError && error.code !== GRPC.notFound
    ? unusable(`etcd refuses it: ${message}`, error)
    : unavailable(`etcd did not do it: ${message}`, error)
}

class EtcdEngine implements EtcdLog {
  readonly log: string
  readonly bus: Bus
  readonly requests: Requests
  reconnects = 0
  readonly #gateway: Gateway
  readonly #keys: Keys
  readonly #about: string
  readonly #giveUpMs: number
  readonly #onTrouble: (cause: EngineError | null) => void
  readonly #watchers = new Set<LogWatcher>()
  readonly #ending = new AbortController()
  readonly #compacting: NodeJS.Timeout
  /** Where the log ended when this was heard of last. */
  #head: Position = 0
  /** The entries of this server, one after the other: among them there is nothing to race for. */
  #queue: Promise<unknown> = Promise.resolve()
  /** By which the ids of entries go when they need not be known any more, and until when it takes new ones. */
  #lease: { readonly id: string; readonly until: number } | null = null
  #revisionBefore: string | null = null
  /** When entries were removed whose bytes etcd may still have: the next that is removed takes these along. */
  #removedAt: string | null = null
  #isInTrouble = false

  constructor(
    gateway: Gateway,
    keys: Keys,
    about: string,
    giveUpMs: number,
    onTrouble: (cause: EngineError | null) => void = () => {},
  ) {
    this.log = nameIn(about)
    this.#gateway = gateway
    this.#keys = keys
    this.#about = about
    this.#giveUpMs = giveUpMs
    this.#onTrouble = onTrouble
    const server = base36(crypto.getRandomValues(new Uint8Array(10)))
    const lease = () => this.#leased()
    this.bus = createEtcdBus(gateway, keys, server, lease, this.#ending.signal)
    this.requests = etcdRequests({
      ...{ gateway, keys, log: this.log, self: server, lease, ending: this.#ending.signal },
      compact: (revision) => this.#compactTo(revision),
    })
    this.#compacting = setInterval(() => void this.#compact().catch(() => {}), COMPACT_MS).unref()
  }

  async append(entry: Entry): Promise<Position> {
    checkEntry(entry)
    if (this.#ending.signal.aborted) throw closed()
    const before = this.#queue
    const appending = before.then(() => this.#again(() => this.#send(entry)))
    this.#queue = appending.catch(() => {})
    return appending
  }

  /** @throws EngineError `unavailable` when it may be tried again */
  async #send({ id, body }: Entry): Promise<Position> {
    const { about, head, entry, id: idKey } = this.#keys
    const place = (position: Position) => b64(String(position))
    const lease = await this.#leased()
    for (;;) {
      const next = this.#head + 1
      let answer: TxnResponse
      try {
        answer = await this.#gateway.ask<TxnResponse>('kv/txn', {
          compare: [is(about, this.#about), is(head, String(this.#head)), isAbsent(idKey(id))],
          success: [
            { request_put: { key: entry(next), value: b64(body) } },
            { request_put: { key: idKey(id), value: place(next), lease } },
            { request_put: { key: head, value: place(next) } },
          ],
          failure: [range(about), range(head), range(idKey(id))],
        })
      } catch (error) {
        if (error instanceof GrpcError && error.code === GRPC.notFound) this.#lease = null // it has run out
        throw error
      }
      if (answer.succeeded) {
        this.#head = next
        return next
      }
      if (valueAt(answer, 0) !== this.#about) throw new EngineError('other-log', 'the log is gone from etcd')
      const known = valueAt(answer, 2)
      this.#head = Number(valueAt(answer, 1))
      if (known !== null) return Number(known)
    }
  }

  follow(after: Position, follower: Parameters<Engine['follow']>[1]): () => void {
    if (this.#ending.signal.aborted) {
      queueMicrotask(() => follower.onEnd(closed()))
      return () => {}
    }
    const of = {
      gateway: this.#gateway,
      keys: this.#keys,
      about: this.#about,
      newest: () => this.newest(),
      trouble: (cause: EngineError | null) => this.#trouble(cause),
    }
    const one = new LogWatcher(of, after, {
      onEntry: (position, body) => follower.onEntry(position, body),
      onEnd: (why) => {
        this.#watchers.delete(one)
        follower.onEnd(why)
      },
    })
    this.#watchers.add(one)
    return () => {
      this.#watchers.delete(one)
      one.stop()
    }
  }

  async trim(before: Position): Promise<void> {
    const end = Math.min(before, (await this.newest()) + 1)
    const first = await this.#oldest()
    await this.#remove(first ?? end, end)
  }

  async erase(position: Position): Promise<void> {
    await this.#remove(position, position + 1)
  }

  /** The place of the oldest entry that is there; null when none is. */
  #oldest(): Promise<Position | null> {
    const { entry, entriesEnd } = this.#keys
    const first = { key: entry(0), range_end: entriesEnd, limit: '1', keys_only: true }
    return this.#again(async () => {
      const { kvs } = await this.#gateway.ask<RangeResponse>('kv/range', first)
      return kvs?.[0] ? positionIn(kvs[0].key) : null
    })
  }

  newest(): Promise<Position> {
    return this.#again(async () => {
      const { about, head } = this.#keys
      const answer = await this.#gateway.ask<TxnResponse>('kv/txn', { success: [range(about), range(head)] })
      if (valueAt(answer, 0) !== this.#about) throw new EngineError('other-log', 'the log is gone from etcd')
      return Number(valueAt(answer, 1))
    })
  }

  async close(): Promise<void> {
    if (this.#ending.signal.aborted) return
    this.#ending.abort()
    clearInterval(this.#compacting)
    for (const watcher of this.#watchers) watcher.end(closed())
    // What is underway is answered in a moment, if etcd is there.
    await Promise.race([this.#queue, new Promise((resolve) => setTimeout(resolve, LAST_ENTRY_MS))])
    this.#gateway.close()
  }

  /**
   * Removes the entries from one place to before another. Their revisions go too, and their pages are given back by each member: deleted alone, they would
   * be in the file still. In parts: etcd does nothing else while it deletes a range.
   */
  async #remove(first: Position, end: Position): Promise<void> {
    for (let from = first; from < end; from += AT_ONCE) {
      const part = { key: this.#keys.entry(from), range_end: this.#keys.entry(Math.min(from + AT_ONCE, end)) }
      const remove = () => this.#gateway.ask<TxnResponse>('kv/deleterange', part)
      this.#removedAt = (await this.#again(remove)).header.revision
    }
    const revision = this.#removedAt
    if (revision === null) return
    await this.#again(() => this.#compactTo(revision, true))
    await this.#gateway.askEach('maintenance/defragment', {})
    if (this.#removedAt === revision) this.#removedAt = null
  }

  /** @param physical waits until it is done: otherwise it goes on when this returns */
  async #compactTo(revision: string, physical = false): Promise<void> {
    const ms = physical ? COMPACTION_MS : undefined
    try {
      await this.#gateway.ask('kv/compaction', { revision, physical }, ms)
    } catch (error) {
      if (!(error instanceof GrpcError && error.code === GRPC.outOfRange)) throw error // done already, by another server
    }
  }

  async #compact(): Promise<void> {
    const { header } = await this.#gateway.ask<TxnResponse>('kv/txn', { success: [range(this.#keys.head)] })
    if (this.#revisionBefore !== null) await this.#compactTo(this.#revisionBefore)
    this.#revisionBefore = header.revision
  }

  /** A lease that lives for at least {@link REPEAT_MS} more, whatever is given to it. */
  async #leased(): Promise<string> {
    const now = performance.now()
    if (this.#lease && now < this.#lease.until) return this.#lease.id
    const TTL = String((2 * REPEAT_MS) / 1_000 + 10)
    const { ID } = await this.#gateway.ask<{ readonly ID: string }>('lease/grant', { TTL })
    this.#lease = { id: ID, until: now + REPEAT_MS }
    return ID
  }

  async #again<T>(attempt: () => Promise<T>): Promise<T> {
    const result = await again(this.#giveUpMs, attempt, inOurWords, (cause) => this.#trouble(cause))
    this.#trouble(null)
    return result
  }

  #trouble(cause: EngineError | null): void {
    if (this.#isInTrouble === (cause !== null) || this.#ending.signal.aborted) return
    this.#isInTrouble = cause !== null
    if (!cause) this.reconnects++
    this.#onTrouble(cause)
  }
}
