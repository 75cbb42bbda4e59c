/**
 * SVG as text, for the pictures that are drawn while the course is built.
 *
 * Colours are classes (docs/site/pictures.css), since a style of its own is forbidden to our pages (lab/app/pages.ts). How a thing comes
 * on with its step is a class or an attribute too; step-through.ts moves it, unless its reader wants no motion:
 * `draws` for a line that grows, `fades`, `sweeps` from left to right, `data-from="x y"` for a move from so far away.
 *
 * Lengths are in units of the picture. All are {@link WIDTH} wide, which a phone shows nearly one to one: text of 12 units
 * stays readable there.
 */
import { escapeHtml } from '../render/highlight.ts'

export const WIDTH = 340

/** Pictures that follow each other. */
export interface Picture {
  /** What it is of, for a reader who does not see it; what happens in it is in the words of each step. */
  readonly title: string
  readonly height: number
  /** The inside of an SVG for each step. What is new in one stands in `<g class="new">`. */
  readonly frames: readonly string[]
}

/** `muted` for what explains; the others as on the lab page. A number is a hue of the lab's series. */
export type Tone = 'ink' | 'muted' | 'rule' | 'good' | 'wait' | 'bad' | 's2' | 's3' | 's4' | 's6'

export interface Look {
  readonly tone?: Tone
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly bold?: boolean
  /** Degrees, clockwise, around the point. */
  readonly turn?: number
  /** Other classes. */
  readonly as?: string
}

const rounded = (value: number) => Number(value.toFixed(2))
const classes = (...names: (string | undefined | false)[]) => `class="${names.filter(Boolean).join(' ')}"`

export function text(x: number, y: number, words: string, look: Look = {}): string {
  const { tone = 'ink', anchor = 'start', bold, turn, as = 'fades' } = look
  const turned = turn ? ` transform="rotate(${rounded(turn)} ${rounded(x)} ${rounded(y)})"` : ''
  return `<text x="${rounded(x)}" y="${rounded(y)}" text-anchor="${anchor}"${turned} ${classes(`t-${tone}`, bold && 'bold', as)}>${escapeHtml(words)}</text>`
}

type Point = readonly [x: number, y: number]

export function line([x1, y1]: Point, [x2, y2]: Point, { tone = 'ink', as = 'draws' }: Look = {}): string {
  const path = `M${rounded(x1)} ${rounded(y1)}L${rounded(x2)} ${rounded(y2)}`
  return `<path d="${path}" pathLength="1" ${classes('line', `t-${tone}`, as)}/>`
}

/** A line with a head at its end, and words above its middle that lie along it. */
export function arrow(from: Point, to: Point, words = '', { tone = 'ink' }: Look = {}): string {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const angle = Math.atan2(dy, dx)
  const wing = (side: number): Point => [
    to[0] - 8 * Math.cos(angle + side * 0.4),
    to[1] - 8 * Math.sin(angle + side * 0.4),
  ]
  const [[ax, ay], [bx, by]] = [wing(1), wing(-1)]
  const head = `<path d="M${rounded(ax)} ${rounded(ay)}L${rounded(to[0])} ${rounded(to[1])}L${rounded(bx)} ${rounded(by)}" ${classes('line', `t-${tone}`, 'fades')}/>`
  const degrees = (angle * 180) / Math.PI
  const upright = dx < 0 ? degrees + (degrees > 0 ? -180 : 180) : degrees
  const middle: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2 - 5]
  return (
    line(from, to, { tone }) +
    head +
    (words && text(...middle, words, { tone, anchor: 'middle', turn: upright }))
  )
}

export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  { tone = 'ink', as = 'fades' }: Look = {},
): string {
  return `<rect x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}" rx="2" ${classes(`t-${tone}`, as)}/>`
}

/** Many dots in one element: a line of no length has two round ends. */
export function dots(points: readonly Point[], { tone = 'ink', as = 'sweeps' }: Look = {}): string {
  return `<path d="${points.map(([x, y]) => `M${rounded(x)} ${rounded(y)}h0`).join('')}" ${classes('dots', `t-${tone}`, as)}/>`
}

/** What has just come, among what was there. */
export const fresh = (drawing: string): string => `<g class="new">${drawing}</g>`

/** Frames in which each layer stays when the next comes. */
export const cumulative = (layers: readonly string[]): string[] =>
  layers.map((layer, index) => layers.slice(0, index).join('') + fresh(layer))
