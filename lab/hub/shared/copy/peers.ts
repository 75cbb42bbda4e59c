/**
 * The other servers of the log, as one of them sees them: it tells them how far it is, gives them a copy of what it has, takes one
 * from them when the log no longer has what it missed, and trims what all have (docs/decisions/089-snapshots.md).
 */
import { COPY_FORMAT, PIECE_BYTES } from '../../../store/copy.ts'
import type { Engine } from '../../../store/engine/engine.ts'
import type { Requests } from '../../../store/engine/requests/requests.ts'
import type { LogPlace, Store } from '../../../store/store.ts'
import { base36 } from '../../../wire/base36.ts'
import { Giver } from './giver.ts'
import { questionIn, type Standing, standingIn, toBytes } from './questions.ts'
import { CopyTooLarge, type Taken, takeFrom } from './taker.ts'
import { TRIM_SETTINGS, Trimmer, type TrimSettings } from './trimmer.ts'

export interface PeerSettings extends TrimSettings {
  /** How long the answers of all are waited for, in milliseconds. */
  readonly askMs: number
  /** How long one piece of a copy may take, in milliseconds. */
  readonly answerMs: number
  /** Most bytes of a piece of the copies that this server gives. */
  readonly pieceBytes: number
  /** How long until a server that finds no copy looks again, in milliseconds. */
  readonly againMs: number
  /** In milliseconds, by a clock that is never set. */
  readonly now: () => number
}

const DEFAULTS: PeerSettings = {
  ...TRIM_SETTINGS,
  ...{ askMs: 1_000, answerMs: 5_000, againMs: 5_000, pieceBytes: PIECE_BYTES },
  now: () => performance.now(),
}

/** What has happened between the servers, for the person who runs this one. */
export type PeerEvent =
  /** Why no copy was taken yet. It is tried again. */
  | { readonly kind: 'waits'; readonly why: string }
  | ({ readonly kind: 'taken'; readonly from: string; readonly durationMs: number } & Taken)
  | { readonly kind: 'given' }
  /** The log has nothing any more up to this place. */
  | { readonly kind: 'trimmed'; readonly place: number }

export interface PeersOptions {
  readonly requests: Requests
  readonly engine: Pick<Engine, 'log' | 'trim'>
  readonly store: Store
  /** Whether this server has its place in the log, and goes on from there. */
  readonly isFollowing: () => boolean
  readonly after: (ms: number, act: () => void) => () => void
  readonly settings: Partial<PeerSettings>
  readonly tell: (event: PeerEvent) => void
}

const NO_COPY =
  'the log no longer has what this server missed, and no other server answers that has it; start one that does, with its --data'

export class Peers {
  readonly #options: PeersOptions
  readonly #settings: PeerSettings
  /** This run of this server: another one is another server. */
  readonly #self = base36(crypto.getRandomValues(new Uint8Array(10)))
  readonly #giver: Giver
  readonly #trimmer: Trimmer
  readonly #closing = new AbortController()
  readonly #stop: () => void
  /** Of the copy that is being taken. */
  #taking: LogPlace | null = null
  #copies = 0
  /** Servers whose copies are too large for the way, and what was said of that: to ask again would only burden the engine. */
  readonly #tooLarge = new Map<string, string>()

  constructor(options: PeersOptions) {
    this.#options = options
    const { requests, engine, store, after, tell } = options
    this.#settings = { ...DEFAULTS, ...options.settings }
    this.#giver = new Giver({
      store,
      after,
      pieceBytes: this.#settings.pieceBytes,
      onGiven: () => tell({ kind: 'given' }),
    })
    this.#trimmer = new Trimmer({
      ...{ engine, after, settings: this.#settings, now: this.#settings.now },
      census: () => this.#census(true),
      applied: () => (options.isFollowing() ? (store.place()?.applied ?? 0) : 0),
      onTrimmed: (place) => tell({ kind: 'trimmed', place }),
    })
    this.#stop = requests.serve(this.#self, (body) => this.#answer(body))
  }

  /**
   * Takes a copy of another server, and tries for as long as it takes.
   *
   * @param onTaken called in the turn in which the store has it
   * @returns when that is done, or this has been closed
   */
  async take(onTaken: (place: LogPlace) => void): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      const why = await this.#takeOnce(onTaken).catch((error: Error) => error.message)
      if (why === null || signal.aborted) return
      this.#options.tell({ kind: 'waits', why })
      await this.#pause()
    }
  }

  close(): void {
    this.#closing.abort()
    this.#stop()
    this.#trimmer.close()
    this.#giver.close()
  }

  /** Until it is tried again, or this is closed. */
  #pause(): Promise<void> {
    const { signal } = this.#closing
    return new Promise((resolve) => {
      const over = () => {
        cancel()
        signal.removeEventListener('abort', over)
        resolve()
      }
      const cancel = this.#options.after(this.#settings.againMs, over)
      signal.addEventListener('abort', over)
    })
  }

  /** @returns null when it is taken; otherwise why not */
  async #takeOnce(onTaken: (place: LogPlace) => void): Promise<string | null> {
    const { requests, engine, store, tell } = this.#options
    const { signal } = this.#closing
    const givers = (await this.#census(false)).filter(({ gives, server }) => gives && server !== this.#self)
    const readable = givers.filter(({ format }) => format === COPY_FORMAT)
    if (givers.length > 0 && readable.length === 0)
      return `the other servers give copies in the format ${givers[0]!.format}, and this one reads ${COPY_FORMAT}; run the same version everywhere`
    let why = NO_COPY
    // The newest first: from an older one, the log may be gone.
    for (const { server } of readable.toSorted((a, b) => b.has! - a.has!)) {
      if (signal.aborted) break
      const known = this.#tooLarge.get(server)
      if (known !== undefined) {
        why = known
        continue
      }
      const begun = performance.now()
      try {
        const taken = await takeFrom(server, {
          ...{ requests, store, log: engine.log, applied: store.place()?.applied ?? 0 },
          ...{ self: this.#self, copy: `${this.#self}-${this.#copies++}` },
          ...{ answerMs: this.#settings.answerMs, signal, onTaken },
          onPlace: (place) => (this.#taking = place),
        })
        tell({ kind: 'taken', from: server, durationMs: performance.now() - begun, ...taken })
        return null
      } catch (error) {
        why = `no copy of another server could be taken: ${(error as Error).message}`
        if (error instanceof CopyTooLarge) this.#tooLarge.set(server, why)
      } finally {
        this.#taking = null
      }
    }
    return why
  }

  async #census(trims: boolean): Promise<Standing[]> {
    const { requests } = this.#options
    const question = toBytes({ kind: 'where', from: this.#self, trims })
    const answers = await requests.askAll(question, this.#settings.askMs)
    return answers.flatMap((body) => standingIn(body) ?? [])
  }

  #answer(body: Uint8Array): Uint8Array | null {
    const question = questionIn(body)
    switch (question?.kind) {
      case 'where':
        if (question.trims && question.from !== this.#self) this.#trimmer.heardOfOther()
        return toBytes(this.#standing())
      case 'piece':
        return this.#giver.piece(question.copy, question.index)
      case 'done':
        this.#giver.done(question.copy)
        return null
      default:
        return null
    }
  }

  #standing(): Standing {
    const { store, isFollowing } = this.#options
    const { trimmed } = this.#trimmer
    const about = { server: this.#self, trimmed, isOnDisk: store.isOnDisk, format: COPY_FORMAT }
    if (!isFollowing()) return { ...about, needs: this.#taking?.followAfter ?? null, has: null, gives: false }
    const has = store.place()?.followAfter ?? null
    return { ...about, has, needs: has ?? 0, gives: has !== null && !this.#giver.isBusy }
  }
}
