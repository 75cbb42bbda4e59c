/**
 * What this server's writers bring, on its way to the shared log and back.
 *
 * One entry is underway at a time; what comes meanwhile is the next one. So the order in which drafts came here is their order in the
 * log, also when an entry has to be sent again, and the busier the server, the more drafts share an entry.
 *
 * An append that was acknowledged settles nothing. Only when the entry has come back does its writer learn what has become of it: by then
 * it has its number, is stored, and was shown to the readers.
 */
import { type Engine, EngineError } from '../../store/engine/engine.ts'
import { entriesOf } from '../../store/engine/turn.ts'
import { base36 } from '../../wire/base36.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Change, Outcome } from './rule.ts'

export interface OutboundOptions {
  readonly engine: Pick<Engine, 'append'>
  /** Runs an action soon, once: at the end of the event loop's turn. */
  readonly defer: (act: () => void) => void
  /** Calls `act` once, so many milliseconds later; the returned function cancels it. */
  readonly after: (ms: number, act: () => void) => () => void
  /** Told when the engine begins to take nothing, and with null when it takes an entry again. */
  readonly onTrouble: (cause: Error | null) => void
  /** Told, for each entry, how many milliseconds it took until it had come back and was stored and shown. */
  readonly onRoundTrip: (durationMs: number) => void
}

/** An entry that is in the log, and has not come back after once to twice so many milliseconds: its writers are told. */
const COMES_BACK_MS = 5_000
/** Most characters that wait while the engine takes nothing, in UTF-16 code units; more is refused at once. */
const MAX_WAITING = 16 * 1024 * 1024
/** What a change has besides its text, about. */
const AROUND = 500
/** When to try again, in seconds: an engine elects a new leader in about so much. */
const RETRY_AFTER_S = 3

interface Waiting {
  readonly change: Change & { readonly id: string }
  readonly length: number
  /** `late`: it was in the log already when this was looked at last. */
  progress: 'queued' | 'in the log' | 'late'
  /** When it was given to the engine, by `performance.now()`. */
  sentAt: number
  settle(outcome: Outcome): void
  refuse(why: ChatError): void
}

export class Outbound {
  readonly #options: OutboundOptions
  /** No other process has the same, nor this one after a restart: the engine remembers the ids of entries. */
  readonly #server = base36(crypto.getRandomValues(new Uint8Array(10)))
  /** Not yet sent, in order. */
  #queue: Waiting[] = []
  #queued = 0
  /** All that have not been settled, by the ids of their changes: those of the queue, and those that were sent. */
  readonly #waiting = new Map<string, Waiting>()
  #isDue = false
  /** Until all that is queued has been sent; null when there is nothing. */
  #sending: Promise<void> | null = null
  #isWatching = false
  #isInTrouble = false
  #turns = 0
  #changes = 0

  constructor(options: OutboundOptions) {
    this.#options = options
  }

  /**
   * Appends a change with all else that this turn of the event loop brings.
   *
   * @returns what has become of it, when it has come back and was shown
   * @throws ChatError `not-stored` by the promise. It may still come into the log, unless the engine has refused it
   */
  submit(change: Change): Promise<Outcome> {
    const length = AROUND + lengthOf(change)
    if (this.#queued + length > MAX_WAITING)
      return Promise.reject(notStored('too much waits to be stored already; try again later'))
    const { id = `${this.#server}${this.#changes++}` } = change
    return new Promise((settle, refuse) => {
      const waiting: Waiting = {
        change: { ...change, id },
        length,
        progress: 'queued',
        sentAt: 0,
        settle,
        refuse,
      }
      this.#waiting.set(id, waiting)
      this.#queue.push(waiting)
      this.#queued += length
      if (this.#isDue || this.#sending) return
      this.#isDue = true
      this.#options.defer(() => this.#begin())
    })
  }

  /** Whether this is a draft that was submitted here, in this run. */
  isOwn({ id = '' }: Change): boolean {
    return id.startsWith(this.#server)
  }

  /** Appends at once what is due. @returns when all has been appended, or refused */
  async flush(): Promise<void> {
    this.#begin()
    await this.#sending
  }

  /** These changes have come back from the log, by whichever server they were written, and this is what has become of each. */
  settle(changes: readonly Change[], outcomes: readonly Outcome[]): void {
    if (this.#waiting.size === 0) return
    let sentAt: number | null = null
    for (const [i, outcome] of outcomes.entries()) {
      const waiting = this.#take(changes[i]?.id)
      waiting?.settle(outcome)
      sentAt ??= waiting?.sentAt ?? null
    }
    if (sentAt !== null) this.#options.onRoundTrip(performance.now() - sentAt)
  }

  /** Tells all who wait, also those whose entries are underway. */
  refuseAll(why: ChatError): void {
    this.#queue = []
    this.#queued = 0
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.refuse(why)
  }

  #begin(): void {
    this.#isDue = false
    if (this.#queue.length > 0) this.#sending ??= this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const turn = this.#queue
      this.#queue = []
      this.#queued = 0
      await this.#send(turn)
    }
    this.#sending = null
  }

  async #send(turn: readonly Waiting[]): Promise<void> {
    const now = performance.now()
    for (const waiting of turn) waiting.sentAt = now
    try {
      const changes = turn.map(({ change }) => change)
      for (const entry of entriesOf(changes, `${this.#server}-${this.#turns++}`))
        await this.#options.engine.append(entry)
    } catch (error) {
      this.#trouble(error as Error)
      for (const { change } of turn) this.#take(change.id)?.refuse(inWordsForWriters(error))
      // What came meanwhile has waited as long as the engine was asked. It was never sent.
      if (error instanceof EngineError && error.code === 'unavailable')
        this.refuseAll(inWordsForWriters(error))
      return
    }
    this.#trouble(null)
    for (const waiting of turn) waiting.progress = 'in the log'
    this.#watch()
  }

  /** One look for all that wait, since a timer for each entry would keep it in memory until then. */
  #watch(): void {
    if (this.#isWatching || this.#waiting.size === 0) return
    this.#isWatching = true
    this.#options.after(COMES_BACK_MS, () => {
      this.#isWatching = false
      const why = notStored(
        'this server does not get what it has stored; send it again, with the same draftId',
      )
      for (const waiting of [...this.#waiting.values()]) {
        if (waiting.progress === 'late') this.#take(waiting.change.id)?.refuse(why)
        if (waiting.progress === 'in the log') waiting.progress = 'late'
      }
      this.#watch()
    })
  }

  #take(id: string | undefined): Waiting | undefined {
    if (id === undefined) return undefined
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  #trouble(cause: Error | null): void {
    if (this.#isInTrouble === (cause !== null)) return
    this.#isInTrouble = cause !== null
    this.#options.onTrouble(cause)
  }
}

function lengthOf(change: Change): number {
  if (change.kind === 'publish') return change.draft.text.length + (change.bytes?.length ?? 0)
  return change.kind === 'records' ? JSON.stringify(change).length : 0
}

export const notStored = (why: string, cause?: unknown): ChatError =>
  new ChatError('not-stored', why, { retryAfterS: RETRY_AFTER_S, cause })

/** What the engine said is for the person who runs the server; a writer learns what to do. */
function inWordsForWriters(error: unknown): ChatError {
  if (error instanceof RangeError) return new ChatError('too-large', 'this is too long for the log')
  switch (error instanceof EngineError ? error.code : null) {
    case 'full':
      return notStored('the log that the servers share is full; try again later', error)
    case 'too-large':
      return new ChatError('too-large', 'this is too long for the log that the servers share', {
        cause: error,
      })
    case 'unavailable':
      return notStored(
        'the log that the servers share does not answer; send it again, with the same draftId',
        error,
      )
    default:
      return notStored('the log that the servers share takes nothing; try again later', error)
  }
}
