/**
 * This server's side of the log that several servers share: group commit, with a way to the engine and back in it.
 *
 * What a turn publishes is appended; when it comes back, it is applied by the rule to this server's store, in one transaction with its
 * place; then it is shown, readers are notified, and its writers are told. Entries of other servers take the same way and
 * have no writer here. So the order is the one of a single server (group-commit.ts): **store, show, notify, acknowledge**.
 */
import { type Engine, EngineError } from '../../store/engine/engine.ts'
import type { Requests } from '../../store/engine/requests/requests.ts'
import { createTurnReader } from '../../store/engine/turn.ts'
import type { Store } from '../../store/store.ts'
import type { ChatMessage } from '../../wire/message.ts'
import { type Applier, createApplier, type RecordsApplier } from './applier.ts'
import { CatchUp } from './catch-up.ts'
import { type PeerEvent, type PeerSettings, Peers } from './copy/peers.ts'
import { notStored, Outbound, type OutboundOptions } from './outbound.ts'
import { type Change, type Outcome, outcomeOf, type SharedLimits } from './rule.ts'

/** What an entry has brought to the rooms. */
export interface Brought {
  /** By room, in order: all of it is in the store. */
  readonly messages: ReadonlyMap<string, readonly ChatMessage[]>
  /** Rooms that have lost all that was said before; what came behind that in the same entry is among the messages. */
  readonly forgotten: ReadonlySet<string>
}

/** Counts what people say by way of the log. Nothing is counted while this server catches up with what was said long ago. */
export interface DraftMeter {
  /** A draft of this person is on its way to the log, from here. */
  sent(personId: string): void
  /** One has come, by another server. */
  came(personId: string): void
}

export interface SharedLogOptions extends Pick<OutboundOptions, 'defer' | 'after' | 'onRoundTrip'> {
  readonly engine: Engine
  /** This server's own, which must belong to this log (belongs.ts). */
  readonly store: Store
  readonly limits: SharedLimits
  /** Told of people's drafts, for limits that servers share; null for none. */
  readonly meter: DraftMeter | null
  /** Takes what is not the rooms'; null where only those are shared. */
  readonly records: RecordsApplier | null
  /** The way to the other servers, to give and take copies and to trim the log; null where the engine has none. */
  readonly requests: Requests | null
  readonly peers: Partial<PeerSettings>
  /** Shows it to the rooms' readers. */
  readonly show: (brought: Brought) => void
  /** The store has a copy of another server in the place of all that it had: the rooms follow it. */
  readonly onReplaced: () => void
  readonly onPeerEvent: (event: PeerEvent) => void
  /** Told of each entry that was stored, and how many milliseconds the store took for it. */
  readonly onCommit: (durationMs: number) => void
  /** Told when writing begins to fail, and with null when it works again. */
  readonly onTrouble: (cause: Error | null) => void
  /** Told, once, that the log cannot be followed any further: what waiting does not mend. */
  readonly onEnd: (why: EngineError) => void
}

/** How this server stands, for a load balancer and for people. */
export interface Readiness {
  /**
   * `behind`: readers would see less here than elsewhere. `copying`: the log no longer has what this server missed, and it takes a copy
   * of another one. `failed`: it stays so until a person does something.
   */
  readonly status: 'ok' | 'behind' | 'copying' | 'failed'
  /** Place of the last entry that was applied here. */
  readonly applied: number
  /** Entries that others may have applied and this server has not; null before the engine has said where the log ends. */
  readonly behind: number | null
  /** For how long the oldest of those has been in the log, at least, in milliseconds; exact to a second. */
  readonly behindMs: number | null
}

/** What a server counts of the log that it shares, since its start. */
export interface LogCounts {
  /** Entries that were applied here, of all servers. */
  readonly entries: number
  /** How often the connection to the engine was lost and made again. */
  readonly reconnects: number
}

const COPYING = 'this server takes a copy of another one first; send it again, with the same draftId'
/** How long until an entry that could not be stored here is taken again, in milliseconds. */
const AGAIN_MS = 1_000

export class SharedLog {
  readonly name: string
  readonly #options: SharedLogOptions
  readonly #applier: Applier
  readonly #outbound: Outbound
  readonly #catchUp: CatchUp
  #stop = () => {}
  /** Why nothing is applied now: the disk, as a rule. */
  #isStuck = false
  #isCopying = false
  #end: EngineError | null = null
  readonly #peers: Peers | null
  readonly #troubles = new Map<'engine' | 'store' | 'copy', Error>()

  constructor(options: SharedLogOptions) {
    const { engine, store, limits, records, defer, after, onRoundTrip } = options
    this.name = engine.log
    this.#options = options
    this.#applier = createApplier(store, engine.log, limits, outcomeOf, records)
    this.#outbound = new Outbound({
      ...{ engine, defer, after, onRoundTrip },
      onTrouble: (cause) => this.#trouble('engine', cause),
    })
    this.#catchUp = new CatchUp({ engine, after, applied: store.place()?.applied ?? 0 })
    const { requests, peers: settings } = options
    this.#peers =
      requests &&
      new Peers({
        ...{ requests, engine, store, after, settings },
        isFollowing: () => !this.#isCopying && this.#end === null,
        tell: (event) => this.#onPeerEvent(event),
      })
    this.#follow()
  }

  /**
   * Appends a change, and resolves with what has become of it.
   *
   * @throws ChatError `not-stored` by the promise, when that is not known, or this server cannot store
   */
  async submit(change: Change): Promise<Outcome> {
    if (this.#end) throw notStored('this server has lost the log; try another', this.#end)
    if (this.#isStuck) throw notStored('this server cannot store; try again later')
    if (this.#isCopying) throw notStored(COPYING)
    const personId = authorOf(change)
    if (personId !== undefined) this.#options.meter?.sent(personId)
    return this.#outbound.submit(change)
  }

  /** See {@link CatchUp.when}. */
  whenCaughtUp(act: () => void): () => void {
    return this.#catchUp.when(act)
  }

  get readiness(): Readiness {
    const { applied, behind, behindMs, isThere } = this.#catchUp
    const isHere = isThere && !this.#isStuck
    const status = this.#end ? 'failed' : this.#isCopying ? 'copying' : isHere ? 'ok' : 'behind'
    return { status, applied, behind, behindMs }
  }

  get counts(): LogCounts {
    return { entries: this.#catchUp.entries, reconnects: this.#options.engine.reconnects ?? 0 }
  }

  /**
   * Follows no further, and appends what is due. Writers who wait are told that it is not known what has become of it.
   *
   * @returns when the engine may be closed
   */
  async close(): Promise<void> {
    this.#stop()
    this.#catchUp.close()
    this.#peers?.close()
    await this.#outbound.flush()
    this.#outbound.refuseAll(notStored('the server is going away; send it again, with the same draftId'))
  }

  #follow(): void {
    const { engine, store } = this.#options
    const reader = createTurnReader()
    this.#stop = engine.follow(store.place()?.followAfter ?? 0, {
      onEntry: (position, body) => {
        this.#take(position, reader.read(position, body) as Change[], reader.restartAfter())
      },
      onEnd: (why) => this.#onEnd(why),
    })
  }

  #take(position: number, changes: readonly Change[], followAfter: number): void {
    const begun = performance.now()
    const outcomes = this.#applier.apply(position, changes, followAfter)
    this.#options.onCommit(performance.now() - begun)
    this.#isStuck = false
    this.#trouble('store', null)
    this.#options.show(broughtBy(changes, outcomes))
    if (this.#options.meter && outcomes.length > 0 && this.#catchUp.isThere) this.#count(changes)
    this.#outbound.settle(changes, outcomes)
    this.#catchUp.advance(position)
  }

  #count(changes: readonly Change[]): void {
    for (const change of changes) {
      const personId = authorOf(change)
      if (personId !== undefined && !this.#outbound.isOwn(change)) this.#options.meter?.came(personId)
    }
  }

  #onEnd(why: Error): void {
    if (this.#peers && why instanceof EngineError && why.code === 'gone') {
      void this.#copy(this.#peers)
      return
    }
    if (why instanceof EngineError && why.code !== 'unavailable') {
      this.#end = why
      this.#catchUp.close()
      this.#outbound.refuseAll(notStored('this server has lost the log; try another', why))
      this.#options.onEnd(why)
      return
    }
    // Not stored, and so not passed: it is taken again, and nothing after it before.
    this.#isStuck = true
    this.#trouble('store', why)
    this.#stop = this.#options.after(AGAIN_MS, () => this.#follow())
  }

  /** Reading goes on meanwhile, from what is here; what is written is refused, since it could not come back. */
  async #copy(peers: Peers): Promise<void> {
    this.#isCopying = true
    this.#outbound.refuseAll(notStored(COPYING))
    await peers.take(({ applied }) => {
      const { store, records, onReplaced } = this.#options
      this.#isCopying = false
      this.#trouble('copy', null)
      records?.replaced(store.records)
      onReplaced()
      this.#catchUp.advance(applied)
      this.#follow()
    })
  }

  #onPeerEvent(event: PeerEvent): void {
    if (event.kind === 'waits') this.#trouble('copy', new Error(event.why))
    this.#options.onPeerEvent(event)
  }

  #trouble(of: 'engine' | 'store' | 'copy', cause: Error | null): void {
    const before = this.#troubles.size
    if (cause) this.#troubles.set(of, cause)
    else this.#troubles.delete(of)
    if (before > 0 !== this.#troubles.size > 0) this.#options.onTrouble(cause)
  }
}

/** Who has proven to be the author of what a change says; undefined for all else. */
const authorOf = (change: Change) => (change.kind === 'publish' ? change.draft.authorId : undefined)

function broughtBy(changes: readonly Change[], outcomes: readonly Outcome[]): Brought {
  const messages = new Map<string, ChatMessage[]>()
  const forgotten = new Set<string>()
  for (const [i, outcome] of outcomes.entries()) {
    const change = changes[i]!
    const gone = change.kind === 'forget' ? [change.room] : 'forgotten' in outcome ? outcome.forgotten : []
    for (const room of gone ?? []) {
      forgotten.add(room)
      messages.delete(room)
    }
    if (outcome.kind !== 'published' || change.kind !== 'publish') continue
    const { room } = change
    const brought = messages.get(room) ?? []
    brought.push(outcome.message)
    messages.set(room, brought)
  }
  return { messages, forgotten }
}
