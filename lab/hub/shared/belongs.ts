/**
 * Whether a store may follow this log. Its rooms are what that log has made of them, so with another log, or with a conversation of
 * its own, its numbers would name other messages than at the other servers.
 */
import { type Store, StoreError } from '../../store/store.ts'

/**
 * @param log the name of the log that this server shares; null when it shares none
 * @throws StoreError with a line for the person who starts the server
 */
export function checkBelongs(store: Pick<Store, 'place' | 'rooms'>, log: string | null): void {
  const place = store.place()
  if (place?.log === log) return
  if (place && log === null)
    throw new StoreError(
      `this folder belongs to a log that several servers share (${place.log}), and what is written here alone would divide them; ` +
        'start with its --engine, or choose another folder: --data DIR',
    )
  if (place)
    throw new StoreError(
      `this folder belongs to the shared log ${place.log}, and the engine has ${log}; choose the engine or the folder that belongs to it`,
    )
  if (log !== null && store.rooms > 0)
    throw new StoreError(
      'this folder has a conversation of this server alone, which cannot become one that several share; choose another folder: --data DIR',
    )
}
