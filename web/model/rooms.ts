/**
 * The rooms that one may know of, and what can be done about them: over HTTP, and none of it by a lane's
 * transport. It knows no document.
 */
import { request } from '../../lab/client/http.ts'
import { type Platform, randomId } from '../../lab/client/platform.ts'
import { isPrivate, parseJson, record } from '../../lab/wire/codec.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { FILE_TYPES } from '../../lab/wire/file-types.ts'
import { MAX_FILE_BYTES, MAX_NAME_LENGTH } from '../../lab/wire/limits.ts'
import { bytes } from '../words.ts'
import type { Writer } from './me.ts'

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
  /** Of the room that was looked at last; empty for a public one. */
  readonly members: readonly Member[]
  /** Why the last thing that was tried did not work; null when it did. */
  readonly problem: string | null
  /** Whether something is on its way. */
  readonly isBusy: boolean
  /** Reads it all anew, with the members of this room. */
  look(room: string): Promise<void>
  /** @returns the room's name, or null when it could not be made */
  makeGroup(title: string): Promise<string | null>
  talkWith(name: string): Promise<string | null>
  join(room: string): Promise<boolean>
  setRole(room: string, name: string, role: Role): Promise<boolean>
  /** Leaves, declines, or sends somebody away. */
  remove(room: string, name: string): Promise<boolean>
  /**
   * Puts files into a room, one after the other: into this room and as this writer, whatever the page shows by then.
   *
   * @returns a sentence for each that was not taken
   */
  post(room: string, files: readonly File[], writer: Writer): Promise<readonly string[]>
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
      // Quietly: nobody has asked for it, so nobody is told when it fails. The next look may not.
      try {
        const found = (await ask('GET', '/rooms')).rooms as readonly RoomInfo[]
        const belongs = found.some(({ name, role }) => name === room && role && role !== 'invited')
        const path = `/rooms/${room}/members`
        const { members: there } = isPrivate(room) && belongs ? await ask('GET', path) : { members: [] }
        if (mine !== looks) return
        list = found
        members = there as readonly Member[]
        onChange()
      } catch {}
    },
    makeGroup: (title) =>
      attempt(async () => (await ask('POST', '/rooms', { kind: 'group', title })).name as string),
    talkWith: (name) =>
      attempt(async () => (await ask('POST', '/rooms', { kind: 'pair', with: name })).name as string),
    join: (room) => succeeds(() => ask('POST', `/rooms/${room}/join`)),
    setRole: (room, name, role) => succeeds(() => ask('PUT', memberPath(room, name), { role })),
    remove: (room, name) => succeeds(() => ask('DELETE', memberPath(room, name))),
    async post(room, files, writer) {
      const problems: string[] = []
      for (const file of files) {
        // Not `problem`, which is of whatever was tried last.
        await attempt(() =>
          postOne(room, file, writer).catch((thrown: unknown) => {
            problems.push(`${file.name}: ${ChatError.from(thrown).message}.`)
            throw thrown
          }),
        )
      }
      return problems
    },
  }

  async function postOne(room: string, file: File, writer: Writer): Promise<void> {
    checkFile(file)
    await writer.check()
    // With the author even for whoever has signed in: a server to which they are another by now refuses it.
    const query = new URLSearchParams({ name: nameFor(file), draftId: randomId(), author: writer.name })
    const url = new URL(`/rooms/${room}/files?${query}`, origin)
    const headers = { 'content-type': file.type }
    await request({ platform }, url, { method: 'POST', headers, body: await file.arrayBuffer() })
  }
}

/** What the server would refuse is refused before it is sent. @throws ChatError */
function checkFile({ size, type }: File): void {
  if (size > MAX_FILE_BYTES) {
    throw new ChatError('too-large', `this file has ${bytes(size)}, and ${bytes(MAX_FILE_BYTES)} is the most`)
  }
  if (!FILE_TYPES.has(type)) {
    throw new ChatError('wrong-type', 'only PNG, JPEG, GIF, WebP, PDF and plain text are taken')
  }
}

/** The file's own name, cut in its middle when it is longer than a name may be: its ending says what it is. */
function nameFor({ name }: File): string {
  if (name.length <= MAX_NAME_LENGTH) return name
  const ending = /\.[^.]{1,8}$/.exec(name)?.[0] ?? ''
  return `${name.slice(0, MAX_NAME_LENGTH - ending.length - 1)}…${ending}`
}
