/**
 * The page's address: the one place that reads and writes it. A room is a place, to which the browser's way back leads; all else
 * changes the address where it stands.
 */
import { rememberedRoom, rememberRoom } from '../opening/own-room.ts'
import { readSettings, writeSettings } from './read-write.ts'
import type { LabSettings } from './settings.ts'

export type Address = ReturnType<typeof createAddress>

/** @param home the room of an address that names none */
export function createAddress(home: string) {
  const read = () => readSettings(location.search, home)
  const { settings, complaints } = read()
  const replace = (query: string) =>
    history.replaceState(null, '', `${location.pathname}${query}${location.hash}`)

  const named = new URLSearchParams(location.search).get('room')
  if (named === settings.room) rememberRoom(named)
  if (named === null) {
    settings.room = rememberedRoom() ?? home
    // What is shown can be linked to; all else stays as it was written.
    const query = new URLSearchParams(location.search)
    if (settings.room !== home) query.set('room', settings.room)
    if (settings.room !== home) replace(`?${query}`)
  }

  return {
    /** As they were when the page was opened; the page changes them, and calls {@link write}. */
    settings,
    /** A sentence for each value that could not be used. */
    complaints: complaints.map((complaint) => `In the address: ${complaint}`),
    /** Puts the settings into the address, without a new entry in the history for each step of a slider. */
    write: (now: Readonly<LabSettings>) => replace(writeSettings(now, home)),
    /** The next address is another place. */
    leave: () => history.pushState(null, '', location.href),
    /** Calls with the room of the place to which the reader has gone back. Returns how to stop. */
    onBack(listener: (room: string) => void): () => void {
      const tell = () => listener(read().settings.room)
      window.addEventListener('popstate', tell)
      return () => window.removeEventListener('popstate', tell)
    },
  }
}
