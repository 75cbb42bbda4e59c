/**
 * The plain marks of a row as paths that are kept: in a picture that moves, what has passed looks the same in each frame, only further
 * left. To choose and trace a thousand marks of each lane thirty times a second took longer than all else that the timeline draws.
 */
import type { Mark } from '../../capture/marks.ts'
import { isDrawn, type Layout, markTime, type Row, yOf } from '../layout.ts'
import { firstFrom, type LaneRows, type Store } from '../store.ts'

/** Time for which one path is made, as wide as this when it is drawn: some six for a row, of which the last alone still grows. */
const STRETCH_PX = 192

/** The marks of one stretch of time, in pixels from its beginning and from the top of the row. */
export interface Stretch {
  /** From which time it is. */
  readonly start: number
  /** What came, or was sent. */
  readonly plain: Path2D | null
  /** Of the protocol's own: faint. */
  readonly control: Path2D | null
  /** What is drawn by itself: a heartbeat, and what is wrong. */
  readonly special: readonly Mark[]
}

interface Kept extends Stretch {
  readonly count: number
  readonly first: Mark
}

/** What a path of these marks looks like depends on: for another look, all are made again. */
interface Look {
  readonly key: string
  readonly stretches: Map<number, Kept>
}

const looks = new WeakMap<LaneRows, Look>()

export interface StretchOptions {
  /** Of the marks on a connection, one in so many pixels is drawn. */
  readonly sievePx: number
  /** Makes the rule that says which: a new one for each stretch, which begins where a pixel of the rule does. */
  readonly sieve: () => (connection: number, time: number) => boolean
  readonly addShape: (path: Path2D, x: number, y: number, mark: Mark) => void
}

/** The stretches of a row that are in view, of all marks that neither a search nor their reader has picked out. */
export function stretchesOf(
  layout: Layout,
  row: Row,
  store: Store,
  { sievePx, sieve, addShape }: StretchOptions,
): readonly Stretch[] {
  const { start, end, width } = layout
  const { marks, depth } = row.lane
  const pxPerMs = width / (end - start)
  if (!(pxPerMs > 0)) return []
  const length = Math.round(STRETCH_PX / sievePx) * (sievePx / pxPerMs)
  const look = lookOf(row.lane, [width, end - start, sievePx, row.line, row.lines, depth].join())
  const from = Math.floor(start / length)
  const until = Math.floor(end / length)
  for (const place of look.stretches.keys()) if (place < from || place > until) look.stretches.delete(place)

  const found: Stretch[] = []
  for (let place = from; place <= until; place++) {
    const first = firstFrom(marks, place * length, markTime)
    const count = firstFrom(marks, (place + 1) * length, markTime) - first
    if (count === 0) continue
    const known = look.stretches.get(place)
    const isKnown = known?.count === count && known.first === marks[first]
    const stretch = isKnown ? known : make(place * length, first, count)
    if (!isKnown) look.stretches.set(place, stretch)
    found.push(stretch)
  }
  return found

  function make(begin: number, first: number, count: number): Kept {
    const isFirst = sieve()
    const paths: { plain: Path2D | null; control: Path2D | null } = { plain: null, control: null }
    const special: Mark[] = []
    for (const mark of marks.slice(first, first + count)) {
      if (!isDrawn(mark)) continue
      if (mark.problem !== null) special.push(mark)
      else if (!isFirst(mark.connection, mark.until)) continue
      else if (mark.kind === 'heartbeat') special.push(mark)
      else {
        const kind = mark.kind === 'control' ? 'control' : 'plain'
        paths[kind] ??= new Path2D()
        const x = Math.round((mark.until - begin) * pxPerMs * 2) / 2
        addShape(paths[kind], x, yOf(row, store.placeOf(mark.connection)) - row.top, mark)
      }
    }
    return { start: begin, ...paths, special, count, first: marks[first]! }
  }
}

function lookOf(lane: LaneRows, key: string): Look {
  const known = looks.get(lane)
  if (known?.key === key) return known
  const look = { key, stretches: new Map<number, Kept>() }
  looks.set(lane, look)
  return look
}
