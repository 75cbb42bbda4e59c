/** A store whose disk can be full, as far as a case needs one. */
import type { Engine } from '../../store/engine/engine.ts'
import type { Store } from '../../store/store.ts'

export interface Disk {
  /** While it is, nothing can be stored. */
  isFull: boolean
  /** How often something could not be. */
  refusals: number
}

/** Where a bench keeps its rooms. */
export interface StoreFactory {
  /**
   * Opens the log of that number, as it was left; each number is another log.
   *
   * @param keep messages of each room
   */
  open(log: number, keep: number): Store
  /** A way to the log of that number, where it is one that several servers share. */
  engine?(log: number): Engine
}

export function onDisk(store: Store, disk: Disk): Store {
  function refuseIfFull(): void {
    if (!disk.isFull) return
    disk.refusals++
    throw new Error('the disk is full')
  }
  return {
    open: (room) => store.open(room),
    get rooms() {
      return store.rooms
    },
    append(batch, place, records) {
      refuseIfFull()
      store.append(batch, place, records)
    },
    place: () => store.place(),
    oldest: (room) => store.oldest(room),
    read: (room, from, count) => store.read(room, from, count),
    find: (room, draft) => store.find(room, draft),
    file: (room, id) => store.file(room, id),
    fileBytes: (room) => store.fileBytes(room),
    forget: (room) => store.forget(room),
    records: {
      all: (kind) => store.records.all(kind),
      put(changes) {
        refuseIfFull()
        store.records.put(changes)
      },
    },
    isOnDisk: store.isOnDisk,
    view: () => store.view(),
    replace() {
      const replacement = store.replace()
      return {
        ...replacement,
        add(part) {
          refuseIfFull()
          replacement.add(part)
        },
      }
    },
    close: () => store.close(),
  }
}
