/** What passed on the connections of one row, on the canvas: requests and responses as bars, what is in a stream or a socket as marks. */
import type { Exchange, Mark } from '../../capture/marks.ts'
import { endOf, isDrawn, type Layout, markTime, type Row, xOf, yOf } from '../layout.ts'
import { firstFrom, type Store } from '../store.ts'
import type { Palette } from './palette.ts'
import { stretchesOf } from './stretches.ts'

export interface Shown {
  /** The messages that are lit in every lane. */
  readonly lit: ReadonlySet<string>
  readonly selected: Mark | null
  /** Marks that a search has found; null without a search. */
  readonly found: ReadonlySet<number> | null
  /** The server's time. */
  readonly now: number
  /** The time that the axis counts from: the right edge, when it stands. */
  readonly isLive: boolean
}

export type Canvas = CanvasRenderingContext2D

export const isLit = (messages: readonly string[], lit: ReadonlySet<string>): boolean =>
  lit.size > 0 && messages.some((id) => lit.has(id))

/** Marks are eight pixels wide, and the parts of a bar two: what is nearer than this is covered by what is drawn. */
const CROWDED_PX = { mark: 3, bar: 2 } as const
/** A row is crowded when it has more than one mark for so many pixels. */
const ROOMY_PX = 6

/**
 * Which of what passed on one connection within so many pixels has been drawn already. Told by its time and not by its place, so
 * that in a picture that moves each time the same is drawn.
 */
export function createSieve({ start, end, width }: Layout, px: number) {
  const ms = (px * (end - start)) / width
  const last = new Map<number, number>()
  return (connection: number, time: number): boolean => {
    const stretch = Math.floor(time / ms)
    if (last.get(connection) === stretch) return false
    last.set(connection, stretch)
    return true
  }
}

export function drawExchanges(
  canvas: Canvas,
  layout: Layout,
  row: Row,
  store: Store,
  shown: Shown,
  colour: string,
  palette: Palette,
): void {
  const isFirst = createSieve(layout, CROWDED_PX.bar)
  for (const exchange of row.lane.exchanges) {
    const { connection, connecting, sent, state, isRetry } = exchange
    const end = endOf(exchange, shown.now)
    if ((connecting ?? sent) > layout.end || end < layout.start) continue
    const isShort = xOf(layout, end) - xOf(layout, sent) < CROWDED_PX.bar
    const isPlain = state === 'done' && !isRetry && connecting === null && shown.selected === null
    if (isPlain && isShort && shown.lit.size === 0 && !isFirst(connection, sent)) continue
    drawExchange(canvas, layout, row, store, exchange, shown, colour, palette)
  }
}

export function drawMarks(
  canvas: Canvas,
  layout: Layout,
  row: Row,
  store: Store,
  shown: Shown,
  colour: string,
  palette: Palette,
): void {
  const { marks } = row.lane
  const first = firstFrom(marks, layout.start, markTime)
  const isCrowded = (firstFrom(marks, layout.end, markTime) - first) * ROOMY_PX > layout.width
  const sievePx = isCrowded ? CROWDED_PX.mark : 1
  const sieve = () => createSieve(layout, sievePx)
  const special: Mark[] = []
  if (shown.found === null) {
    for (const stretch of stretchesOf(layout, row, store, { sievePx, sieve, addShape })) {
      fill(stretch.plain, stretch.start, colour)
      fill(stretch.control, stretch.start, palette.muted)
      special.push(...stretch.special)
    }
  } else {
    const isFirst = sieve()
    for (const mark of inView())
      if (mark.problem !== null || isFirst(mark.connection, mark.until)) special.push(mark)
  }
  // Over the others, once more: also where another covers it.
  if (shown.lit.size > 0 || shown.selected !== null)
    for (const mark of inView())
      if (mark === shown.selected || isLit(mark.messages, shown.lit)) special.push(mark)
  for (const mark of special) {
    const x = Math.round(xOf(layout, mark.until) * 2) / 2
    drawMark(canvas, x, yOf(row, store.placeOf(mark.connection)), mark, shown, colour, palette)
  }

  function* inView(): Iterable<Mark> {
    for (let at = first; at < marks.length && marks[at]!.until <= layout.end; at++)
      if (isDrawn(marks[at]!)) yield marks[at]!
  }

  function fill(path: Path2D | null, start: number, ink: string): void {
    if (!path) return
    canvas.save()
    canvas.translate(Math.round(xOf(layout, start) * 2) / 2, row.top)
    canvas.fillStyle = ink
    canvas.fill(path)
    canvas.restore()
  }
}

function drawExchange(
  canvas: Canvas,
  layout: Layout,
  row: Row,
  store: Store,
  exchange: Exchange,
  { now, lit, selected }: Shown,
  colour: string,
  palette: Palette,
): void {
  const y = yOf(row, store.placeOf(exchange.connection))
  const { connecting, sent, sentUntil, answered, until, state, role, isEmpty, isRetry } = exchange
  const x = (time: number) => Math.max(-10, Math.min(layout.width + 10, xOf(layout, time)))
  const isFaint = isEmpty || role === 'preflight'
  const ink = isFaint ? palette.muted : colour
  canvas.globalAlpha = role === 'preflight' ? 0.4 : isEmpty ? 0.65 : 1
  if (connecting !== null) {
    canvas.fillStyle = palette.muted
    for (let dot = x(connecting); dot < x(sent); dot += 4) canvas.fillRect(dot, y - 0.5, 2, 1)
  }
  canvas.fillStyle = ink
  // Sent: at least as wide as one can see.
  canvas.fillRect(x(sent), y - 5, Math.max(2, x(sentUntil) - x(sent)), 10)
  const held = [x(sentUntil), x(answered ?? endOf(exchange, now))] as const
  const isLong = role === 'stream' || role === 'socket'
  if (held[1] - held[0] > 1) {
    canvas.strokeStyle = ink
    canvas.lineWidth = 1
    canvas.strokeRect(held[0] + 0.5, y - 3, held[1] - held[0] - 1, 6)
  }
  if (answered !== null) {
    const end = x(endOf(exchange, now))
    const from = x(answered)
    if (isLong) canvas.fillRect(from, y - 1, Math.max(2, end - from), 2)
    else canvas.fillRect(from, y - 4, Math.max(2, end - from), 8)
  }
  canvas.globalAlpha = 1
  if (isRetry) drawWord(canvas, x(sent) - 3, y, '↻', palette.wait, 'right', palette)
  if (state === 'cut' && until !== null) drawCross(canvas, x(until), y, palette.bad)
  const marks = [exchange.request, exchange.response]
  const isSelected = selected !== null && marks.includes(selected.id)
  if (isSelected || (lit.size > 0 && isLit(store.messagesOf(exchange), lit))) {
    canvas.strokeStyle = palette.ink
    canvas.lineWidth = isSelected ? 2 : 1.5
    const from = isLong ? x(sent) - 3 : x(Math.min(sent, answered ?? sent)) - 3
    const to = isLong ? x(answered ?? sentUntil) + 3 : x(endOf(exchange, now)) + 3
    canvas.strokeRect(from, y - 7, to - from, 14)
  }
}

function drawWord(
  canvas: Canvas,
  x: number,
  y: number,
  word: string,
  colour: string,
  align: CanvasTextAlign,
  palette: Palette,
): void {
  canvas.fillStyle = colour
  canvas.font = `bold 12px ${palette.font}`
  canvas.textAlign = align
  canvas.textBaseline = 'middle'
  canvas.fillText(word, x, y)
}

function drawCross(canvas: Canvas, x: number, y: number, colour: string): void {
  canvas.strokeStyle = colour
  canvas.lineWidth = 2
  canvas.beginPath()
  canvas.moveTo(x - 4, y - 4)
  canvas.lineTo(x + 4, y + 4)
  canvas.moveTo(x + 4, y - 4)
  canvas.lineTo(x - 4, y + 4)
  canvas.stroke()
}

/** Down for what came, up for what was sent. All go round the same way, or those that overlap would leave holes in a path. */
function addShape(path: Path2D, x: number, y: number, { kind, direction }: Mark): void {
  if (kind === 'raw') {
    path.rect(x - 3, y - 3, 6, 6)
    return
  }
  const way = direction === 'toClient' ? 1 : -1
  path.moveTo(x - 4 * way, y - 4 * way)
  path.lineTo(x + 4 * way, y - 4 * way)
  path.lineTo(x, y + 5 * way)
}

/** A heartbeat is a faint dot. */
function drawMark(
  canvas: Canvas,
  x: number,
  y: number,
  mark: Mark,
  { lit, selected, found }: Shown,
  colour: string,
  palette: Palette,
): void {
  const isHeartbeat = mark.kind === 'heartbeat'
  const isOut = found !== null && !found.has(mark.id)
  canvas.globalAlpha = isOut ? 0.15 : isHeartbeat ? 0.5 : 1
  canvas.fillStyle = mark.kind === 'control' || isHeartbeat ? palette.muted : colour
  if (mark.problem !== null) canvas.fillStyle = palette.bad
  if (isHeartbeat) canvas.fillRect(x - 1, y - 2, 2, 4)
  else {
    const shape = new Path2D()
    addShape(shape, x, y, mark)
    canvas.fill(shape)
  }
  canvas.globalAlpha = 1
  const isSelected = mark.id === selected?.id
  if (!isSelected && !isLit(mark.messages, lit)) return
  canvas.strokeStyle = palette.ink
  canvas.lineWidth = isSelected ? 2 : 1.5
  canvas.beginPath()
  canvas.arc(x, y, 8, 0, 2 * Math.PI)
  canvas.stroke()
}
