/**
 * A store that keeps nothing when the process ends: the reference.
 *
 * It says what a store does, in the fewest words, and passes the same tests as the one on disk. `npm
 * start -- --memory` does without any: then the room's own memory is all there is.
 */
import type { ChatMessage } from '../wire/message.ts'
import { createMemoryRecords } from './records.ts'
import { type Append, KEEP_MESSAGES, oldestAfter, type Store, type StoreOptions } from './store.ts'

interface Shelf {
  readonly epoch: string
  readonly messages: ChatMessage[]
  oldest: number
}

export function createMemoryStore({ keep }: StoreOptions = { keep: KEEP_MESSAGES }): Store {
  const shelves = new Map<string, Shelf>()
  let opened = 0

  function shelfOf(room: string): Shelf {
    const known = shelves.get(room)
    if (known) return known
    const shelf: Shelf = { epoch: `memory${opened++}`, messages: [], oldest: 1 }
    shelves.set(room, shelf)
    return shelf
  }
  const newestOf = ({ oldest, messages }: Shelf) => oldest + messages.length - 1

  function append({ room, messages }: Append): void {
    const shelf = shelfOf(room)
    const oldest = oldestAfter({ oldest: shelf.oldest, newest: newestOf(shelf) }, messages.length, keep)
    shelf.messages.push(...messages)
    shelf.messages.splice(0, oldest - shelf.oldest)
    shelf.oldest = oldest
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
    records: createMemoryRecords(),
    close() {},
  }
}
