/**
 * One follower of the log in etcd: reads up to the end, and watches from there on.
 *
 * Both are tied together by a revision: what is read is a state of etcd, and the watch begins behind that state, so no entry falls between. A watch that
 * ends, however it does, is no end here: it is read again from this follower's own place.
 */
import { ahead, EngineError, gone, type LogFollower, type Position } from '../engine.ts'
import { bytesFrom, type Gateway, type KeyValue, type TxnResponse } from './gateway.ts'
import { type Keys, positionIn, range, valueAt } from './keys.ts'
import type { WatchLine } from './watch.ts'

/** Entries that are read at once: of the longest, 16 MiB. */
const AT_ONCE = 64
/** Between two attempts to begin, in milliseconds. */
const AGAIN_MS = 100
/** How often it is looked whether the log has grown while the watch says nothing, in milliseconds; a small request each time. */
const LOOK_MS = 2_000

export interface FollowedLog {
  readonly gateway: Gateway
  readonly keys: Keys
  /** What the key `about` says as long as it is this log. */
  readonly about: string
  newest(): Promise<Position>
  /** Told when etcd does not answer, and with null when it does. */
  trouble(cause: EngineError | null): void
}

export class LogWatcher {
  readonly #of: FollowedLog
  readonly #follower: LogFollower
  #at: Position
  #isOver = false
  #watching = new AbortController()
  #wake = () => {}
  #atLastLook: Position | null = null
  readonly #looking: NodeJS.Timeout

  constructor(of: FollowedLog, after: Position, follower: LogFollower) {
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
    this.#watching.abort()
    this.#wake()
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
        const revision = await this.#readToEnd()
        this.#of.trouble(null)
        if (!this.#isOver) await this.#watch(revision)
      } catch (error) {
        // Away, or without a majority: a writer is told by its append, and this begins again.
        if (error instanceof EngineError && error.code !== 'unavailable') this.end(error)
        else this.#of.trouble(error instanceof EngineError ? error : null)
      }
      if (!this.#isOver) await this.#pause()
    }
  }

  /** @returns the revision of the state in which this follower was at the end */
  async #readToEnd(): Promise<string> {
    const { gateway, keys, about } = this.#of
    for (;;) {
      const next = this.#at + 1
      const answer = await gateway.ask<TxnResponse>('kv/txn', {
        success: [
          range(keys.about),
          range(keys.head),
          range(keys.entry(next), { range_end: keys.entriesEnd, limit: String(AT_ONCE) }),
        ],
      })
      if (this.#isOver) return '0'
      if (valueAt(answer, 0) !== about)
        throw new EngineError('other-log', 'the log is gone: its keys are not there, or are another log’s')
      const head = Number(valueAt(answer, 1))
      if (head < this.#at) throw ahead(this.#at, head)
      const entries = answer.responses?.[2]?.response_range?.kvs ?? []
      if (head === this.#at) return answer.header.revision
      if (entries.length === 0) throw gone(next)
      for (const one of entries) if (!this.#take(one)) return '0'
    }
  }

  async #watch(revision: string): Promise<void> {
    const { gateway, keys } = this.#of
    this.#watching = new AbortController()
    const create_request = {
      key: keys.about,
      range_end: keys.entriesEnd,
      start_revision: String(BigInt(revision) + 1n),
    }
    const lines = gateway.stream('watch', { create_request }, this.#watching.signal)
    for await (const line of lines as AsyncGenerator<WatchLine>) {
      if (this.#isOver) return
      // It says `canceled` when its revision was compacted meanwhile, and leaves the answer open: the word counts.
      if (!line.result || line.result.canceled) return this.#watching.abort()
      for (const { type, kv } of line.result.events ?? []) {
        if (kv.key === keys.about) return this.#watching.abort() // it is looked at, from the beginning
        if (type !== 'DELETE' && isEntry(kv.key, keys) && !this.#take(kv)) return
      }
    }
  }

  /** @returns whether to go on */
  #take({ key, value }: KeyValue): boolean {
    const position = positionIn(key)
    if (position <= this.#at) return true
    try {
      if (position !== this.#at + 1) throw gone(this.#at + 1)
      this.#follower.onEntry(position, bytesFrom(value))
      this.#at = position
      return !this.#isOver
    } catch (error) {
      this.end(error as Error)
      return false
    }
  }

  /** A member that stands still says nothing on a watch, and neither does one whose log is quiet. */
  async #look(): Promise<void> {
    const newest = await this.#of.newest()
    const stands = this.#atLastLook === this.#at
    this.#atLastLook = this.#at
    if (newest !== this.#at && stands) this.#watching.abort()
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, AGAIN_MS)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** By the bytes before the place, as base64 does not show them. */
const isEntry = (key: string, { entry }: Keys) => {
  const prefix = Buffer.from(entry(0), 'base64').subarray(0, -16)
  const bytes = Buffer.from(key, 'base64')
  return bytes.length === prefix.length + 16 && bytes.subarray(0, -16).equals(prefix)
}
