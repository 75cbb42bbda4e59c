/** Where the reader is: the room of the page, how they come to another one, and the list of their rooms. */
import { isPrivate } from '../../../lab/wire/codec.ts'
import { me } from '../../me.ts'
import { createRooms } from '../../model/rooms.ts'
import { browserPlatform } from '../../platform.ts'
import { sentence } from '../../words.ts'
import { problemWithRoom } from '../address/settings.ts'

/** While the rooms are in view, how often it is looked whether there are others, in milliseconds. */
const LOOK_EVERY_MS = 5_000

export interface PageRoomsOptions {
  readonly room: () => string
  /** The reader is in that room from now on. */
  readonly onOpen: (room: string) => void
  /** The way back leads to where the page is now. */
  readonly onLeave: () => void
  readonly onComplaint: (words: string) => void
  readonly onChange: () => void
}

export type PageRooms = ReturnType<typeof createPageRooms>

export function createPageRooms({ room, onOpen, onLeave, onComplaint, onChange }: PageRoomsOptions) {
  let version = 0
  let isShown = false
  let wrong: string | null = null
  /** The id of the person whose rooms are shown. */
  let personId = me.person?.id
  /** How often the reader has gone to a room: an answer that comes late does not fetch anyone back. */
  let moves = 0
  /** What the server has told last of changes to the reader's rooms. */
  let told: number | null = null
  let looking: ReturnType<typeof setInterval> | undefined
  const all = createRooms({
    origin: location.origin,
    platform: browserPlatform,
    onRefused: me.refused,
    onChange: () => {
      version++
      onChange()
    },
  })
  const look = () => all.look(room())

  function open(to: string): void {
    moves++
    wrong = null
    onOpen(to)
    void look()
  }

  /** A room is a place: the way back leads to the one before. A slider is none, and leaves no trace. */
  function go(to: string): void {
    if (to !== room()) onLeave()
    open(to)
  }

  return {
    all,
    /** Grows when the list is another. */
    get version() {
      return version
    },
    get isShown() {
      return isShown
    },
    /** Why the reader could not go to the room that they have typed; null when they could, or have typed none. */
    get wrong() {
      return wrong
    },
    get invitations() {
      return all.list.filter(({ role }) => role === 'invited')
    },
    /** The room of the page is closed to the reader. */
    get isShut() {
      return isPrivate(room()) && all.hasLooked && !all.list.some(({ name }) => name === room())
    },
    /** Whether the reader may change what others have said in the room of the page. */
    get moderates() {
      const here = all.list.find(({ name }) => name === room())
      return here?.role === 'moderator' || here?.role === 'owner'
    },
    look,
    open,
    go,
    onRoom(event: Event) {
      const to = (event.target as HTMLInputElement).value.trim()
      const problem = problemWithRoom(to)
      wrong = problem && `${sentence(problem)} You are still in ${room()}.`
      if (problem) onChange()
      else go(to)
    },
    dismiss() {
      wrong = null
      onChange()
    },
    /** Another person may have signed in, whose rooms are others. */
    onPerson() {
      if (me.person?.id !== personId) all.forget()
      personId = me.person?.id
      void look()
    },
    /** Each lane tells of the same change when its transport can; the first to come is enough. */
    onTold(change: number) {
      if (change === told) return
      told = change
      void look()
    },
    toggle() {
      isShown = !isShown
      onChange()
      clearInterval(looking)
      if (!isShown) return
      void look()
      looking = setInterval(() => void look(), LOOK_EVERY_MS)
    },
    /** The reader joins the room to which they are invited, or declines. */
    async answer(to: string, joins: boolean): Promise<void> {
      const name = me.person?.name
      const before = moves
      const isDone = joins ? await all.join(to) : name && (await all.remove(to, name))
      if (!isDone) onComplaint(`${all.problem ?? 'That did not work'}.`)
      else if (joins && before === moves) go(to)
      else await look()
    },
  }
}
