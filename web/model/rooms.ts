/**
 * The rooms that one may know of, and what can be done about them: over HTTP, and none of it by a lane's
 * transport. It knows no document.
 */
import { request } from '../../lab/client/http.ts'
import type { Platform } from '../../lab/client/platform.ts'
import { isPrivate, parseJson, record } from '../../lab/wire/codec.ts'
import { ChatError } from '../../lab/wire/errors.ts'

export type Role = 'invited' | 'member' | 'moderator' | 'owner'

export interface RoomInfo {
  readonly name: string
  readonly kind: 'public' | 'group' | 'pair'
  /** What a group is called, or with whom one talks; undefined for a public room. */
  readonly title?: string
  /** What one is there; undefined for a public room. */
  readonly role?: Role
  readonly members?: number
}

export interface Member {
  readonly id: string
  readonly name: string
  readonly role: Role
}

export interface Rooms {
  readonly list: readonly RoomInfo[]
  /** Whether {@link list} has been read once. */
  readonly hasLooked: boolean
  /** Of the room that was looked at last; empty for a public one. */
  readonly members: readonly Member[]
  /** Why the last thing that was tried did not work; null when it did. */
  readonly problem: string | null
  /** Whether something is on its way. */
  readonly isBusy: boolean
  /** Reads it all again, with the members of this room. */
  look(room: string): Promise<void>
  /** For another person: shows nothing, also not what was asked for the one before, until the next {@link look}. */
  forget(): void
  /** @returns the room's name, or null when it could not be made */
  makeGroup(title: string): Promise<string | null>
  talkWith(name: string): Promise<string | null>
  join(room: string): Promise<boolean>
  setRole(room: string, name: string, role: Role): Promise<boolean>
  /** Leaves, declines, or sends a member away. */
  remove(room: string, name: string): Promise<boolean>
}

export interface RoomsOptions {
  /** Of the server, as `http://host:port`. */
  readonly origin: string
  readonly platform: Pick<Platform, 'fetch'>
  /** Called with what was refused: it may mean that I am not who I was. */
  readonly onRefused?: (error: ChatError) => void
  /** Something to be drawn has changed. */
  readonly onChange: () => void
}

export function createRooms({ origin, platform, onRefused = () => {}, onChange }: RoomsOptions): Rooms {
  let list: readonly RoomInfo[] = []
  let members: readonly Member[] = []
  let problem: string | null = null
  let busy = 0
  /** An answer to a look that is not the last one says what was. */
  let looks = 0
  let hasLooked = false

  async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await request({ platform }, new URL(path, origin), { method, ...(body && json) })
    const text = await response.text()
    return text === '' ? {} : record(parseJson(text, 'bad-answer'), 'bad-answer', 'the answer')
  }

  /** Tries it, tells what came of it, and says what is to be said when nothing did. */
  async function attempt<T>(act: () => Promise<T>): Promise<T | null> {
    busy++
    problem = null
    onChange()
    try {
      return await act()
    } catch (thrown) {
      const error = ChatError.from(thrown)
      problem = error.message
      onRefused(error)
      return null
    } finally {
      busy--
      onChange()
    }
  }
  const succeeds = async (act: () => Promise<unknown>) => (await attempt(act)) !== null

  const memberPath = (room: string, name: string) => `/rooms/${room}/members/${encodeURIComponent(name)}`

  return {
    get list() {
      return list
    },
    get hasLooked() {
      return hasLooked
    },
    get members() {
      return members
    },
    get problem() {
      return problem
    },
    get isBusy() {
      return busy > 0
    },
    async look(room) {
      const mine = ++looks
      // Quietly: the reader has not asked for it, so is not told when it fails. The next look may not.
      try {
        const found = (await ask('GET', '/rooms')).rooms as readonly RoomInfo[]
        const belongs = found.some(({ name, role }) => name === room && role && role !== 'invited')
        const path = `/rooms/${room}/members`
        const { members: there } = isPrivate(room) && belongs ? await ask('GET', path) : { members: [] }
        if (mine !== looks) return
        list = found
        hasLooked = true
        members = there as readonly Member[]
        onChange()
      } catch {}
    },
    forget() {
      looks++
      list = members = []
      hasLooked = false
      onChange()
    },
    makeGroup: (title) =>
      attempt(async () => (await ask('POST', '/rooms', { kind: 'group', title })).name as string),
    talkWith: (name) =>
      attempt(async () => (await ask('POST', '/rooms', { kind: 'pair', with: name })).name as string),
    join: (room) => succeeds(() => ask('POST', `/rooms/${room}/join`)),
    setRole: (room, name, role) => succeeds(() => ask('PUT', memberPath(room, name), { role })),
    remove: (room, name) => succeeds(() => ask('DELETE', memberPath(room, name))),
  }
}
