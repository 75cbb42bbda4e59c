/** A log of four places and three cursors: what the lab's own room gives for each, while it grows. */
import { Room } from '../../../lab/hub/room.ts'
import type { Cursor } from '../../../lab/wire/message.ts'
import { box, fresh, type Picture, text } from './draw.ts'

const PLACES = 4
const READERS = ['Ada', 'Bob', 'Eve'] as const
type Reader = (typeof READERS)[number]

interface State {
  readonly oldest: number
  readonly newest: number
  /** What each has read. */
  readonly at: Readonly<Record<Reader, number>>
  /** Who has read in this step, what came, and whether the room says that something is missing. */
  readonly reads: readonly {
    readonly reader: Reader
    readonly got: readonly number[]
    readonly gap: boolean
  }[]
}

const numberIn = (cursor: Cursor) => Number(cursor.split(':')[1])

/** The story, told to a room that remembers four messages. */
export function play(): State[] {
  const room = new Room('story', 'story', {
    ...{ maxMessages: PLACES, maxLength: 1_000, pageMessages: 100, pageBytes: 100_000 },
    ...{ now: () => 0, defer: () => {}, admitFile: () => {} },
  })
  let written = 0
  const write = (count: number) => {
    for (let i = 0; i < count; i++) void room.publish({ draftId: `m${++written}`, author: 'Ada', text: 'x' })
  }
  const beginning = room.read(null).cursor
  const cursors: Record<Reader, Cursor> = { Ada: beginning, Bob: beginning, Eve: beginning }
  const states: State[] = []
  const read = (reader: Reader) => {
    const { messages, cursor, gap } = room.read(cursors[reader])
    cursors[reader] = cursor
    return { reader, got: messages.map(({ seq }) => seq), gap }
  }
  const show = (...readers: Reader[]) => {
    const reads = readers.map(read)
    const at = Object.fromEntries(READERS.map((one) => [one, numberIn(cursors[one])])) as State['at']
    states.push({ oldest: Math.max(1, written - PLACES + 1), newest: written, at, reads })
  }
  write(1)
  read('Bob')
  write(2)
  read('Ada')
  show()
  write(1)
  show('Ada')
  show('Bob')
  write(2)
  show('Ada', 'Bob')
  show('Eve')
  return states
}

const LEFT = 64
const PLACE = 42
const TOP = 36
const ROW = 40
/** The left side of the place of a number. */
const x = (seq: number) => LEFT + (seq - 1) * PLACE

function frame({ oldest, newest, at, reads }: State, before: State | undefined): string {
  const places = Array.from({ length: newest }, (_, index) => {
    const seq = index + 1
    const isGone = seq < oldest
    const drawing =
      box(x(seq), TOP, PLACE - 4, 28, { tone: isGone ? 'rule' : 's2', as: isGone ? 'gone' : 'place' }) +
      text(x(seq) + PLACE / 2 - 2, TOP + 19, String(seq), {
        tone: isGone ? 'muted' : 'ink',
        anchor: 'middle',
        as: '',
      })
    return before && seq > before.newest ? `<g class="fades">${drawing}</g>` : drawing
  })
  const readers = READERS.map((reader, index) => {
    const y = TOP + 58 + index * ROW
    const tip = x(at[reader] + 1) - 2
    const moved = before ? x(before.at[reader] + 1) - 2 - tip : 0
    const mark = `<g data-from="${moved} 0"><path d="M${tip} ${y - 12}l6 12h-12z" class="mark t-s4"/>${text(tip + 10, y, String(at[reader]), { as: '' })}</g>`
    const one = reads.find((some) => some.reader === reader)
    const got = one
      ? `${one.gap ? 'gap, then ' : 'got '}${one.got.length > 1 ? `${one.got[0]} to ${one.got.at(-1)}` : one.got[0]}`
      : ''
    const says = one ? text(tip - 12, y, got, { tone: one.gap ? 'bad' : 'good', anchor: 'end' }) : ''
    return text(LEFT - 14, y, reader, { anchor: 'end', bold: true, as: '' }) + mark + says
  })
  return (
    text(LEFT - 14, TOP + 19, 'log', { anchor: 'end', bold: true, as: '' }) +
    text(LEFT, 20, 'grows to the right, and remembers four messages', { tone: 'muted', as: 'small' }) +
    fresh(places.join('') + readers.join(''))
  )
}

const states = play()

export const cursors: Picture = {
  title: 'A log and three cursors',
  height: TOP + 66 + (READERS.length - 1) * ROW,
  frames: states.map((state, index) => frame(state, states[index - 1])),
}
