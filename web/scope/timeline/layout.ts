/** Where things are on the canvas, in CSS pixels, and what is under a point. The same figures draw and find. */
import type { Exchange, Mark } from '../capture/marks.ts'
import { firstFrom, type LaneRows, type Store } from './store.ts'

export interface Layout {
  readonly width: number
  readonly height: number
  readonly rows: readonly Row[]
  readonly start: number
  readonly end: number
}

export interface Row {
  readonly lane: LaneRows
  readonly top: number
  readonly height: number
  /** Height of a connection's line. */
  readonly line: number
  readonly lines: number
}

/** The axis with the times. */
export const AXIS = 22
/** Above and below a row's lines: 6 px where a line has its usual height, and less where the rows stand close. */
const paddingOf = (line: number): number => (line - 8) * 0.75
/** A lane has so many lines unless each connection is to have its own. */
const USUAL_LINES = 2
const MOST_LINES = 8
export const LINE = 16

export function layoutOf(
  lanes: readonly LaneRows[],
  width: number,
  [start, end]: readonly [number, number],
  isTall: boolean,
  line = LINE,
): Layout {
  let top = AXIS
  const rows = lanes.map((lane): Row => {
    const lines = isTall ? Math.min(MOST_LINES, Math.max(USUAL_LINES, lane.depth)) : USUAL_LINES
    const height = lines * line + 2 * paddingOf(line)
    const row = { lane, top, height, line, lines }
    top += height
    return row
  })
  return { width, height: top, rows, start, end }
}

export const xOf = ({ width, start, end }: Layout, time: number): number =>
  ((time - start) / (end - start)) * width
export const timeAt = ({ width, start, end }: Layout, x: number): number =>
  start + (x / width) * (end - start)

/**
 * The middle of a connection's line: those that have none of their own share the last, and what fills fewer lines than
 * there are stands in the middle.
 */
export function yOf({ lane, top, line, lines }: Row, place: number): number {
  const unused = lines - Math.min(lines, lane.depth)
  return top + paddingOf(line) + (unused / 2 + Math.min(place, lines - 1) + 0.5) * line
}

export type Target =
  | { readonly kind: 'mark'; readonly mark: Mark }
  | { readonly kind: 'exchange'; readonly exchange: Exchange }

/** How far beside a thing a pointer may be, in pixels: fingers are wide. */
const REACH = 7

/** What is nearest to a point; a mark before the bar that it stands on. */
export function targetAt(layout: Layout, store: Store, x: number, y: number): Target | null {
  const row = layout.rows.find(({ top, height }) => y >= top && y < top + height)
  if (!row) return null
  const time = timeAt(layout, x)
  const reach = timeAt(layout, x + REACH) - time
  let best: Mark | null = null
  let distance = Number.POSITIVE_INFINITY
  const { marks, exchanges } = row.lane
  for (
    let at = firstFrom(marks, time - reach, markTime);
    at < marks.length && marks[at]!.until <= time + reach;
    at++
  ) {
    const mark = marks[at]!
    if (!isDrawn(mark)) continue
    const far = Math.hypot(xOf(layout, mark.until) - x, (yOf(row, store.placeOf(mark.connection)) - y) / 2)
    if (far < distance && far <= REACH + 1) {
      best = mark
      distance = far
    }
  }
  if (best) return { kind: 'mark', mark: best }
  const over = exchanges.filter(
    (one) =>
      one.sent <= time + reach &&
      endOf(one, layout.end) >= time - reach &&
      Math.abs(yOf(row, store.placeOf(one.connection)) - y) <= row.line / 2,
  )
  const exchange = over.at(-1)
  return exchange ? { kind: 'exchange', exchange } : null
}

export const markTime = (mark: Mark): number => mark.until

/** When its bar ends: one that is open goes on to the edge of what is known. */
export const endOf = ({ state, until, sentUntil, connecting, sent }: Exchange, now: number): number =>
  state === 'open' ? now : (until ?? Math.max(sentUntil, connecting ?? sent))

/** Requests and responses are the bars; what is in a stream or a socket is a mark of its own. */
export const isDrawn = ({ kind }: Mark): boolean =>
  kind !== 'request' && kind !== 'response' && kind !== 'end'
