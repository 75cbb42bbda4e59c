/**
 * The timeline on its canvas. It draws what is in view and nothing else, and of marks that fall on one pixel one, so a
 * frame costs about the same however much passes.
 */
import type { Exchange, Mark } from '../capture/marks.ts'
import { AXIS, endOf, isDrawn, type Layout, markTime, type Row, xOf, yOf } from './layout.ts'
import type { Palette } from './palette.ts'
import { firstFrom, type Store } from './store.ts'

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

type Canvas = CanvasRenderingContext2D

export function draw(canvas: Canvas, layout: Layout, store: Store, shown: Shown, palette: Palette): void {
  const { width, height } = layout
  canvas.clearRect(0, 0, width, height)
  drawAxis(canvas, layout, palette, shown.isLive)
  for (const [index, row] of layout.rows.entries()) {
    if (index % 2 === 0) {
      canvas.fillStyle = palette.sunken
      canvas.fillRect(0, row.top, width, row.height)
    }
    drawFaults(canvas, layout, row, store, shown.now, palette)
    const colour = palette.laneOf(row.lane.name)
    drawConnections(canvas, layout, row, store, shown.now, palette)
    const { exchanges, marks } = row.lane
    for (const exchange of exchanges) {
      if ((exchange.connecting ?? exchange.sent) > layout.end || endOf(exchange, shown.now) < layout.start)
        continue
      drawExchange(canvas, layout, row, store, exchange, shown, colour, palette)
    }
    let lastX = Number.NEGATIVE_INFINITY
    let lastY = 0
    for (
      let at = firstFrom(marks, layout.start, markTime);
      at < marks.length && marks[at]!.until <= layout.end;
      at++
    ) {
      const mark = marks[at]!
      if (!isDrawn(mark)) continue
      const x = Math.round(xOf(layout, mark.until) * 2) / 2
      const y = yOf(row, store.placeOf(mark.connection))
      const isSpecial = isLit(mark.messages, shown.lit) || mark === shown.selected || mark.problem !== null
      if (x - lastX < 1 && y === lastY && !isSpecial) continue
      ;[lastX, lastY] = [x, y]
      drawMark(canvas, x, y, mark, shown, colour, palette)
    }
  }
  drawLit(canvas, layout, store, shown, palette)
}

const isLit = (messages: readonly string[], lit: ReadonlySet<string>): boolean =>
  lit.size > 0 && messages.some((id) => lit.has(id))

/** A whole number of some unit between two lines, so that there are six or so. */
const STEPS = [10, 25, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000]

function drawAxis(canvas: Canvas, layout: Layout, palette: Palette, isLive: boolean): void {
  const { start, end, width, height } = layout
  const most = Math.max(2, Math.floor(width / 90))
  const step = STEPS.find((one) => (end - start) / one <= most) ?? STEPS.at(-1)!
  canvas.font = `11px ${palette.font}`
  canvas.textBaseline = 'middle'
  canvas.textAlign = 'center'
  // Live, the lines stand still and say how long ago; stopped, they say when.
  const origin = isLive ? end : Math.floor(start / 1_000) * 1_000
  const from = isLive ? end - Math.floor((end - start) / step) * step : Math.ceil(start / step) * step
  for (let time = from; time <= end; time += step) {
    const x = Math.round(xOf(layout, time)) + 0.5
    canvas.fillStyle = palette.rule
    canvas.fillRect(x, AXIS - 4, 1, height - AXIS + 4)
    canvas.fillStyle = palette.muted
    const words = isLive ? (time === end ? 'now' : `−${inUnits(origin - time, step)}`) : clockOf(time, step)
    const half = canvas.measureText(words).width / 2
    canvas.fillText(words, Math.min(width - half - 2, Math.max(half + 2, x)), AXIS / 2)
  }
}

const inUnits = (ms: number, step: number): string =>
  step < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1_000)} s`

function clockOf(time: number, step: number): string {
  const date = new Date(time)
  const seconds = date.toLocaleTimeString('en-GB')
  return step < 1_000 ? `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}` : seconds
}

function drawFaults(
  canvas: Canvas,
  layout: Layout,
  row: Row,
  store: Store,
  now: number,
  palette: Palette,
): void {
  for (const { lanes, fault, at, until } of store.faults) {
    if (!lanes.includes(row.lane.name)) continue
    const left = Math.max(0, xOf(layout, at))
    const right = Math.min(layout.width, xOf(layout, Math.min(until ?? now, now)))
    if (right < 0 || left > layout.width) continue
    canvas.fillStyle = palette.faultBand
    canvas.fillRect(left, row.top, Math.max(2, right - left), row.height)
    canvas.fillStyle = palette.bad
    canvas.font = `11px ${palette.font}`
    canvas.textAlign = 'left'
    canvas.fillText(fault, left + 4, row.top + row.height - 7)
  }
}

/** A faint line while a connection is open, whatever is on it. */
function drawConnections(
  canvas: Canvas,
  layout: Layout,
  row: Row,
  store: Store,
  now: number,
  palette: Palette,
): void {
  canvas.fillStyle = palette.rule
  for (const { id, lane, opened, closed } of store.connections()) {
    if (lane !== row.lane.name) continue
    const left = Math.max(0, xOf(layout, opened))
    const right = Math.min(layout.width, xOf(layout, closed ?? now))
    if (right > left) canvas.fillRect(left, Math.round(yOf(row, store.placeOf(id))), right - left, 1)
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

/** Down for what came, up for what was sent; a heartbeat is a faint dot. */
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
  else if (mark.kind === 'raw') canvas.fillRect(x - 3, y - 3, 6, 6)
  else {
    const way = mark.direction === 'toClient' ? 1 : -1
    canvas.beginPath()
    canvas.moveTo(x - 4, y - 4 * way)
    canvas.lineTo(x + 4, y - 4 * way)
    canvas.lineTo(x, y + 5 * way)
    canvas.fill()
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

/** From where the message first passed to where it last did: how far apart the lanes are is a length. */
function drawLit(canvas: Canvas, layout: Layout, store: Store, { lit }: Shown, palette: Palette): void {
  if (lit.size === 0) return
  const times: number[] = []
  for (const { marks } of store.lanes)
    for (let at = marks.length - 1; at >= 0 && marks[at]!.until >= layout.start; at--)
      if (isLit(marks[at]!.messages, lit)) times.push(marks[at]!.until)
  if (times.length === 0) return
  const [first, last] = [Math.min(...times), Math.max(...times)]
  canvas.fillStyle = palette.litBand
  canvas.fillRect(
    xOf(layout, first),
    AXIS,
    Math.max(1, xOf(layout, last) - xOf(layout, first)),
    layout.height - AXIS,
  )
}
