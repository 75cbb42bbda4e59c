/**
 * Which room a visitor comes to whose address names none: the one they chose last, or else one of their own, which is in
 * memory only (docs/decisions/062-a-room-that-moves.md). Storage may be refused to us; then a visitor is always new.
 */
import { isPrivate, isTransient } from '../../../lab/wire/codec.ts'
import { rememberedGuest } from '../../guest.ts'
import { problemWithRoom } from '../address/settings.ts'

const KEY = 'room'
const OWN_KEY = 'own-room'

/** No other visitor comes to it by chance: 36 to the power of this is 2.8 trillion names. */
const RANDOM_CHARS = 8

/** As `_keen-swift-3f9a0c2b`: a name that a reader knows again. */
export function ownRoomName(guest: string, random: () => number): string {
  const name = guest.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const digits = Array.from({ length: RANDOM_CHARS }, () => Math.floor(random() * 36).toString(36))
  return `_${name}-${digits.join('')}`
}

/** This tab's own room. It survives a reload; another tab has another. */
export function ownRoom(): string {
  const made = () => ownRoomName(rememberedGuest(), Math.random)
  try {
    const name = sessionStorage.getItem(OWN_KEY) ?? made()
    sessionStorage.setItem(OWN_KEY, name)
    return name
  } catch {
    return made()
  }
}

/** The room that was chosen last, by the address or by hand; null for a first visitor. */
export function rememberedRoom(): string | null {
  try {
    const room = localStorage.getItem(KEY)
    return room !== null && mayBeKept(room) ? room : null
  } catch {
    return null
  }
}

export function rememberRoom(room: string): void {
  if (!mayBeKept(room)) return
  try {
    localStorage.setItem(KEY, room)
  } catch {} // then the next visit is a first one
}

/** A private room is not open to all who use this browser, and one that is not kept may be gone. */
const mayBeKept = (room: string): boolean =>
  problemWithRoom(room) === null && !isPrivate(room) && !isTransient(room)
