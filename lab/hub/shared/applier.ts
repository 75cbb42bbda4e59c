/**
 * Applies the entries of the shared log to this server's own store, one after the other, in one transaction each.
 *
 * Within an entry, each draft sees what those before it did, as if that were stored already. What is no longer kept goes when
 * the entry is stored, so it is known to the end of the entry: at every server, since entries are the same everywhere.
 */
import type { RecordChange, Records } from '../../store/records.ts'
import type { Append, Store } from '../../store/store.ts'
import { type ChatMessage, draftKey, erased, goesWith, type SignedDraft } from '../../wire/message.ts'
import {
  type Change,
  type OfRecords,
  type Outcome,
  outcomeOf,
  type Publish,
  type RoomsView,
  type SharedLimits,
} from './rule.ts'

/** Takes the changes of an entry that are not the rooms' (lab/people/shared/applier.ts). */
export interface RecordsApplier {
  /** What becomes of a change, given all before it. */
  decide(change: OfRecords): Outcome
  /** The private rooms that a change has left without members: what was said there goes, in the same entry. */
  forgottenBy(change: OfRecords): readonly string[]
  /**
   * Whether a message of this person belongs into that room, by the changes before it: its writer's server may not have
   * heard yet that they were sent away.
   *
   * @param isFarewell it says that they have left
   */
  admits(room: string, personId: string | undefined, isFarewell: boolean): boolean
  /** What has to be kept of the entry so far, in the transaction of its messages. */
  pending(): readonly RecordChange[]
  /** It is kept. */
  commit(): void
  /** It could not be kept: as if this entry had not come yet. */
  rollback(): void
  /** Other records are kept now, of another server: what is in memory follows. */
  replaced(records: Pick<Records, 'all'>): void
}

export interface Applier {
  /**
   * Stores what the changes of one entry come to, and this entry's place with it. An entry that was applied before is passed:
   * a draft that was refused then might be taken now, and have a number here that it has nowhere else.
   *
   * @param followAfter see {@link LogPlace}
   * @returns what became of each, in order; nothing, for an entry that was applied before
   * @throws Error what the store throws, or that a change is of no kind that is known here: then nothing of this entry is
   *   stored, and it has to come again
   */
  apply(position: number, changes: readonly Change[], followAfter?: number): Outcome[]
}

/**
 * @param store which keeps as many messages of each room as those of all other servers
 * @param log its name
 * @param records null for a server that shares its rooms alone
 */
export function createApplier(
  store: Store,
  log: string,
  limits: SharedLimits,
  rule = outcomeOf,
  records: RecordsApplier | null = null,
): Applier {
  function outcomeIn(entry: ReturnType<typeof createOverlay>, change: Change): Outcome {
    if (change.kind === 'publish') {
      const { room, draft } = change
      if (records && !records.admits(room, draft.authorId, draft.note?.kind === 'left'))
        return { kind: 'refused', code: 'not-found', why: NOT_THERE }
      const outcome = rule(change, entry.view, limits)
      if (outcome.kind === 'published') entry.add(change, outcome.message)
      return outcome
    }
    if (change.kind === 'forget') {
      entry.forget(change.room)
      return { kind: 'forgotten' }
    }
    if (change.kind === 'records' && records) {
      const outcome = records.decide(change)
      if (outcome.kind !== 'took') return outcome
      const forgotten = records.forgottenBy(change)
      for (const room of forgotten) entry.forget(room)
      return { kind: 'took', forgotten }
    }
    // To pass over what a newer lab has written would be to go on with other rooms than that one has.
    throw new Error(`the log has a change that this lab does not know: ${JSON.stringify(change.kind)}`)
  }
  return {
    apply(position, changes, followAfter = position) {
      if (position <= (store.place()?.applied ?? 0)) return []
      const entry = createOverlay(store)
      let outcomes: Outcome[]
      try {
        outcomes = changes.map((change) => outcomeIn(entry, change))
        store.append(entry.batch, { log, applied: position, followAfter }, records?.pending())
      } catch (error) {
        records?.rollback()
        throw error
      }
      records?.commit()
      return outcomes
    },
  }
}

/** As lab/people/membership/access.ts says it. */
const NOT_THERE = 'there is no such room, or you are not in it'

interface Pending {
  readonly room: string
  readonly messages: ChatMessage[]
  readonly files: Map<string, Uint8Array>
  readonly byDraft: Map<string, ChatMessage>
  /** The numbers of messages that this entry removes: they have no text any more, wherever they are. */
  readonly removed: Set<number>
  /** Bytes of the files of those. */
  freed: number
  /** The number of the newest message before this entry. */
  readonly begunAt: number
  /** Whether this entry has forgotten what the store has of the room. */
  readonly isForgotten: boolean
}

/** The rooms as they are in the store, and what one entry adds to them. */
function createOverlay(store: Store) {
  const rooms = new Map<string, Pending>()

  function pendingIn(room: string): Pending {
    const known = rooms.get(room)
    if (known) return known
    return begin(room, store.open(room).newest, false)
  }
  function begin(room: string, begunAt: number, isForgotten: boolean): Pending {
    const pending: Pending = {
      ...{ room, begunAt, isForgotten, freed: 0 },
      messages: [],
      files: new Map(),
      byDraft: new Map(),
      removed: new Set(),
    }
    rooms.set(room, pending)
    return pending
  }
  const changed = () =>
    [...rooms.values()].filter(({ messages, isForgotten }) => messages.length > 0 || isForgotten)
  /** What the store has of a room, unless this entry has forgotten it. */
  const stored = ({ isForgotten }: Pending) => (isForgotten ? null : store)
  const asLeft = ({ removed }: Pending, message: ChatMessage | null | undefined) =>
    message ? ([...removed].some((seq) => goesWith(seq, message)) ? erased(message) : message) : null
  /** How many bytes of files a room has more than it has in the store. */
  const bytesMore = ({ room, files, freed, isForgotten }: Pending) =>
    [...files.values()].reduce(
      (sum, { length }) => sum + length,
      -freed - (isForgotten ? store.fileBytes(room) : 0),
    )

  function newestOf(room: string): number {
    const { begunAt, messages } = pendingIn(room)
    return begunAt + messages.length
  }

  const view: RoomsView = {
    newest: newestOf,
    find(room: string, draft: SignedDraft) {
      const pending = pendingIn(room)
      return asLeft(pending, pending.byDraft.get(draftKey(draft)) ?? stored(pending)?.find(room, draft))
    },
    at(room, seq) {
      const pending = pendingIn(room)
      const added = pending.messages[seq - pending.begunAt - 1]
      return asLeft(
        pending,
        added ??
          stored(pending)
            ?.read(room, seq, 1)
            .find((one) => one.seq === seq),
      )
    },
    get rooms() {
      return changed().reduce((sum, { room }) => {
        const isThere = newestOf(room) > 0
        const wasThere = store.open(room).newest > 0
        return sum + Number(isThere) - Number(wasThere)
      }, store.rooms)
    },
    fileBytes(room) {
      const some = room === undefined ? changed() : [pendingIn(room)]
      return store.fileBytes(room) + some.reduce((sum, pending) => sum + bytesMore(pending), 0)
    },
  }

  return {
    view,
    get batch(): Append[] {
      return changed().map(({ room, messages, files, isForgotten }) => ({
        ...{ room, messages, files },
        ...(isForgotten && { isForgotten }),
      }))
    },
    /** As if the room had never been; what comes after it in this entry begins at 1. */
    forget(room: string): void {
      begin(room, 0, true)
    },
    add({ room, bytes }: Publish, message: ChatMessage): void {
      const pending = pendingIn(room)
      const { note } = message
      if (note?.kind === 'removed') {
        const about = view.at(room, note.seq)
        if (about?.note?.kind === 'file') pending.freed += about.note.file.size
        pending.removed.add(note.seq)
      }
      pending.messages.push(message)
      pending.byDraft.set(draftKey(message), message)
      if (note?.kind === 'file')
        pending.files.set(note.file.id, Uint8Array.from(Buffer.from(bytes ?? '', 'base64')))
    },
  }
}
