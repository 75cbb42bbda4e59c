/**
 * A store that keeps nothing when the process ends: the reference.
 *
 * It says what a store does, in the fewest words, and passes the same tests as the one on disk. `npm
 * start -- --memory` does without any: then the room's own memory is all there is.
 */
import { type ChatMessage, erased, type FileRef, goesWith } from '../wire/message.ts'
import { createMemoryRecords } from './records.ts'
import {
  type Append,
  KEEP_MESSAGES,
  type KeptFile,
  oldestAfter,
  type Store,
  type StoreOptions,
} from './store.ts'

interface Shelf {
  readonly epoch: string
  readonly messages: ChatMessage[]
  readonly files: Map<string, KeptFile>
  oldest: number
}

export function createMemoryStore({ keep }: StoreOptions = { keep: KEEP_MESSAGES }): Store {
  const shelves = new Map<string, Shelf>()
  let opened = 0

  function shelfOf(room: string): Shelf {
    const known = shelves.get(room)
    if (known) return known
    const shelf: Shelf = { epoch: `memory${opened++}`, messages: [], files: new Map(), oldest: 1 }
    shelves.set(room, shelf)
    return shelf
  }
  const newestOf = ({ oldest, messages }: Shelf) => oldest + messages.length - 1

  function append({ room, messages, files }: Append): void {
    const shelf = shelfOf(room)
    const oldest = oldestAfter({ oldest: shelf.oldest, newest: newestOf(shelf) }, messages.length, keep)
    for (const message of messages) {
      shelf.messages.push(message)
      const { note } = message
      if (note?.kind === 'file')
        shelf.files.set(note.file.id, { seq: message.seq, bytes: bytesOf(note.file, files) })
      if (note?.kind === 'removed') erase(shelf, note.seq)
    }
    for (const gone of shelf.messages.splice(0, oldest - shelf.oldest)) forgetFile(shelf, gone)
    shelf.oldest = oldest
  }

  function erase(shelf: Shelf, seq: number): void {
    for (const [index, message] of shelf.messages.entries()) {
      if (!goesWith(seq, message)) continue
      forgetFile(shelf, message)
      shelf.messages[index] = erased(message)
    }
  }

  function forgetFile({ files }: Shelf, { note }: ChatMessage): void {
    if (note?.kind === 'file') files.delete(note.file.id)
  }

  return {
    open(room) {
      const shelf = shelfOf(room)
      return { epoch: shelf.epoch, oldest: shelf.oldest, newest: newestOf(shelf) }
    },
    get rooms() {
      return [...shelves.values()].filter(({ messages }) => messages.length > 0).length
    },
    append(batch) {
      for (const { room, messages } of batch) {
        if (messages[0]?.seq !== newestOf(shelfOf(room)) + 1) throw new Error('this does not follow on')
      }
      for (const { messages, files } of batch) {
        for (const { note } of messages) if (note?.kind === 'file') bytesOf(note.file, files)
      }
      batch.forEach(append)
    },
    oldest: (room) => shelfOf(room).oldest,
    read(room, from, count) {
      const { oldest, messages } = shelfOf(room)
      return messages.slice(Math.max(0, from - oldest), Math.max(0, from - oldest + count))
    },
    find(room, { author, draftId }) {
      const isIt = (message: ChatMessage) => message.author === author && message.draftId === draftId
      return shelfOf(room).messages.find(isIt) ?? null
    },
    file: (room, id) => shelfOf(room).files.get(id) ?? null,
    fileBytes(room) {
      const some = room === undefined ? [...shelves.values()] : [shelfOf(room)]
      return some
        .flatMap(({ files }) => [...files.values()])
        .reduce((sum, { bytes }) => sum + bytes.length, 0)
    },
    forget(room) {
      shelves.delete(room)
    },
    records: createMemoryRecords(),
    close() {},
  }
}

function bytesOf({ id, size }: FileRef, files?: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const bytes = files?.get(id)
  if (bytes?.length !== size) throw new Error(`a message announces a file that is not there: ${id}`)
  return bytes
}
