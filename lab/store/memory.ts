/**
 * A store that keeps nothing when the process ends: the reference.
 *
 * It says what a store does, in the fewest words, and passes the same tests as the one on disk. `npm
 * start -- --memory` does without any: then the room's own memory is all there is.
 */
import { type ChatMessage, draftKey, erased, type FileRef, goesWith } from '../wire/message.ts'
import { createMemoryRecords, type MemoryRecords } from './records.ts'
import {
  type Append,
  type CopyPart,
  KEEP_MESSAGES,
  type KeptFile,
  type LogPlace,
  oldestAfter,
  PART_MESSAGES,
  PART_RECORDS,
  type Replacement,
  type Store,
  type StoreOptions,
  type StoreView,
} from './store.ts'

interface RoomLog {
  readonly epoch: string
  readonly messages: ChatMessage[]
  /** The number of each message that is kept: a draft is looked for at each publish. */
  readonly byDraft: Map<string, number>
  readonly files: Map<string, KeptFile>
  oldest: number
}

export function createMemoryStore({ keep }: StoreOptions = { keep: KEEP_MESSAGES }): Store {
  let logs = new Map<string, RoomLog>()
  let opened = 0
  let kept: LogPlace | null = null
  let records = createMemoryRecords()

  function logOf(room: string): RoomLog {
    const known = logs.get(room)
    if (known) return known
    const log = newLog()
    logs.set(room, log)
    return log
  }
  function newLog(oldest = 1): RoomLog {
    return { epoch: `memory${opened++}`, messages: [], byDraft: new Map(), files: new Map(), oldest }
  }
  const newestOf = ({ oldest, messages }: RoomLog) => oldest + messages.length - 1

  function append({ room, messages, files, isForgotten = false }: Append): void {
    if (isForgotten) logs.delete(room)
    if (messages.length === 0) return
    const log = logOf(room)
    const oldest = oldestAfter({ oldest: log.oldest, newest: newestOf(log) }, messages.length, keep)
    for (const message of messages) {
      log.messages.push(message)
      log.byDraft.set(draftKey(message), message.seq)
      const { note } = message
      if (note?.kind === 'file')
        log.files.set(note.file.id, { seq: message.seq, bytes: bytesOf(note.file, files) })
      if (note?.kind === 'removed') erase(log, note.seq)
    }
    for (const gone of log.messages.splice(0, oldest - log.oldest)) {
      log.byDraft.delete(draftKey(gone))
      forgetFile(log, gone)
    }
    log.oldest = oldest
  }

  function erase(log: RoomLog, seq: number): void {
    for (const [index, message] of log.messages.entries()) {
      if (!goesWith(seq, message)) continue
      forgetFile(log, message)
      log.messages[index] = erased(message)
    }
  }

  function forgetFile({ files }: RoomLog, { note }: ChatMessage): void {
    if (note?.kind === 'file') files.delete(note.file.id)
  }

  function view(): StoreView {
    // References: messages are never changed, others are put in their places.
    const rooms = Array.from(logs, ([room, { messages, files }]) => ({
      ...{ room, messages: messages.slice(), files: new Map(files) },
    }))
    const all = records.everything()
    return { place: kept, parts: () => partsOf(rooms, all), close() {} }
  }

  function replace(): Replacement {
    const added = new Map<string, RoomLog>()
    const others = createMemoryRecords()
    return {
      add(part) {
        if (part.kind === 'records') return others.put(part.records)
        const { room, messages, files } = part.append
        const log = added.get(room) ?? newLog(messages[0]?.seq)
        added.set(room, log)
        for (const message of messages) {
          if (message.seq !== newestOf(log) + 1) throw new Error(`message ${message.seq} does not follow on`)
          log.messages.push(message)
          log.byDraft.set(draftKey(message), message.seq)
          const { note } = message
          if (note?.kind === 'file')
            log.files.set(note.file.id, { seq: message.seq, bytes: bytesOf(note.file, files) })
        }
      },
      commit(place) {
        logs = added
        records = others
        kept = place
      },
      abort() {},
    }
  }

  return {
    isOnDisk: false,
    view,
    replace,
    open(room) {
      const log = logOf(room)
      return { epoch: log.epoch, oldest: log.oldest, newest: newestOf(log) }
    },
    get rooms() {
      return [...logs.values()].filter(({ messages }) => messages.length > 0).length
    },
    append(batch, place, changes = []) {
      for (const { room, messages, isForgotten = false } of batch) {
        const newest = isForgotten ? 0 : newestOf(logOf(room))
        if (messages.length > 0 && messages[0]!.seq !== newest + 1) throw new Error('this does not follow on')
      }
      for (const { messages, files } of batch) {
        for (const { note } of messages) if (note?.kind === 'file') bytesOf(note.file, files)
      }
      records.put(changes)
      batch.forEach(append)
      kept = place ?? kept
    },
    place: () => kept,
    oldest: (room) => logOf(room).oldest,
    read(room, from, count) {
      const { oldest, messages } = logOf(room)
      return messages.slice(Math.max(0, from - oldest), Math.max(0, from - oldest + count))
    },
    find(room, draft) {
      const { byDraft, messages, oldest } = logOf(room)
      const seq = byDraft.get(draftKey(draft))
      return seq === undefined ? null : messages[seq - oldest]!
    },
    file: (room, id) => logOf(room).files.get(id) ?? null,
    fileBytes(room) {
      const some = room === undefined ? [...logs.values()] : [logOf(room)]
      return some
        .flatMap(({ files }) => [...files.values()])
        .reduce((sum, { bytes }) => sum + bytes.length, 0)
    },
    forget(room) {
      logs.delete(room)
    },
    records: { all: (kind) => records.all(kind), put: (changes) => records.put(changes) },
    close() {},
  }
}

function* partsOf(
  rooms: readonly (Pick<RoomLog, 'messages' | 'files'> & { readonly room: string })[],
  records: ReturnType<MemoryRecords['everything']>,
): Generator<CopyPart> {
  for (let from = 0; from < records.length; from += PART_RECORDS) {
    const some = records.slice(from, from + PART_RECORDS)
    yield {
      kind: 'records',
      records: some.map(({ kind, id, json }) => ({ kind, id, value: JSON.parse(json) as unknown })),
    }
  }
  for (const { room, messages, files } of rooms) {
    let part: ChatMessage[] = []
    for (const [index, message] of messages.entries()) {
      part.push(message)
      const { note } = message
      const file = note?.kind === 'file' ? files.get(note.file.id) : undefined
      if (part.length < PART_MESSAGES && !file && index < messages.length - 1) continue
      const bytes = new Map(file && note?.kind === 'file' ? [[note.file.id, file.bytes]] : [])
      yield { kind: 'messages', append: { room, messages: part, files: bytes } }
      part = []
    }
  }
}

function bytesOf({ id, size }: FileRef, files?: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const bytes = files?.get(id)
  if (bytes?.length !== size) throw new Error(`a message announces a file that is not there: ${id}`)
  return bytes
}
