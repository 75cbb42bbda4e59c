/**
 * The timeline on its canvas. It draws what is in view and nothing else, and where a row is crowded, one of what would cover each
 * other; so a frame costs about the same however much passes.
 */
import { AXIS, type Layout, type Row, xOf, yOf } from '../layout.ts'
import type { Store } from '../store.ts'
import type { Palette } from './palette.ts'
import { type Canvas, drawExchanges, drawMarks, isLit, type Shown } from './passed.ts'

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
    drawExchanges(canvas, layout, row, store, shown, colour, palette)
    drawMarks(canvas, layout, row, store, shown, colour, palette)
  }
  drawLit(canvas, layout, store, shown, palette)
}

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
