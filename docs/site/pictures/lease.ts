/** A lease as a time line, kept by the lab's own lease: three signs of life, and then a line that breaks without a word. */
import { Lease } from '../../../lab/hub/lease.ts'
import { RENEW_MS } from '../../../lab/wire/presence.ts'
import { box, fresh, line, type Picture, text, WIDTH } from './draw.ts'

const SECOND = 1_000
/** When the signs come, and when the line breaks. */
const SIGNS = [0, RENEW_MS, 2 * RENEW_MS]
const BREAKS_AT = 25 * SECOND
const END = 48 * SECOND

export interface State {
  readonly at: number
  /** The signs that have come by then. */
  readonly signs: readonly number[]
  /** Seen from that moment, unless a sign comes. */
  readonly silentAt: number
  readonly overAt: number
  readonly is: 'here' | 'silent' | 'gone'
}

/** How a lease stands at that moment, in milliseconds. */
export function stateAt(at: number): State {
  const lease = new Lease('tab', 'ada', null, RENEW_MS, SIGNS[0]!)
  const signs = SIGNS.filter((sign) => sign <= at)
  for (const sign of signs.slice(1)) lease.renew(sign)
  let overAt = lease.silentAt
  while (!lease.isOver(overAt)) overAt += SECOND
  const is = lease.isOver(at) ? 'gone' : lease.isOverdue(at) ? 'silent' : 'here'
  return { at, signs, silentAt: lease.silentAt, overAt, is }
}

/** When the step's moment is: at each, something has become different. */
export const MOMENTS = [
  0,
  2 * RENEW_MS,
  BREAKS_AT,
  stateAt(BREAKS_AT).silentAt,
  stateAt(BREAKS_AT).overAt,
] as const

const LEFT = 12
const x = (ms: number) => LEFT + (ms / END) * (WIDTH - 2 * LEFT)
const seconds = (ms: number) => `${ms / SECOND} s`
const TONES = { here: 'good', silent: 'wait', gone: 'bad' } as const

function frame(at: number, before: number): string {
  const { signs, silentAt, overAt, is } = stateAt(at)
  const was = stateAt(before)
  const isBroken = at >= BREAKS_AT
  const marks = SIGNS.map((sign) =>
    signs.includes(sign)
      ? `<g class="${sign > before || at === 0 ? 'fades' : ''}">${line([x(sign), 44], [x(sign), 58], { tone: 's2', as: '' })}${text(x(sign), 38, 'sign', { tone: 's2', anchor: sign === 0 ? 'start' : 'middle', as: '' })}</g>`
      : '',
  )
  const missing =
    at >= 3 * RENEW_MS ? text(x(3 * RENEW_MS), 38, 'none', { tone: 'bad', anchor: 'middle' }) : ''
  const ticks = Array.from({ length: 5 }, (_, index) => index * RENEW_MS)
  return [
    text(LEFT, 16, `After ${seconds(at)}: ${is}`, { tone: TONES[is], bold: true, as: '' }),
    fresh(
      [
        ...marks,
        missing,
        // Until when it counts as here, and until when as silent.
        `<g class="${was.silentAt < silentAt || at === 0 ? 'sweeps' : ''}">${box(x(0), 62, x(silentAt) - x(0), 16, { tone: 'good', as: 'band' })}${box(x(silentAt), 62, x(overAt) - x(silentAt), 16, { tone: 'wait', as: 'band' })}</g>`,
        text(x(silentAt) - 4, 94, seconds(silentAt), { tone: 'wait', anchor: 'end', as: '' }),
        text(x(overAt) + 4, 94, seconds(overAt), { tone: 'bad', as: '' }),
        text(x(0) + 4, 74, 'here', { as: 'small' }),
        text(x(silentAt) + 4, 74, 'silent', { as: 'small' }),
        `<g data-from="${x(before) - x(at)} 0">${line([x(at), 58], [x(at), 146], { as: '' })}</g>`,
        box(x(0), 112, x(Math.max(at, SECOND / 2)) - x(0), 12, { tone: 's6', as: 'band sweeps' }),
        isBroken ? line([x(BREAKS_AT), 108], [x(BREAKS_AT), 128], { tone: 'bad' }) : '',
        isBroken ? text(x(BREAKS_AT) - 4, 138, 'the line breaks', { tone: 'bad', anchor: 'end' }) : '',
      ].join(''),
    ),
    text(x(0) + 4, 122, 'the socket says: open', { as: 'small' }),
    line([LEFT, 152], [WIDTH - LEFT, 152], { tone: 'rule', as: '' }),
    ...ticks.map((tick) =>
      text(x(tick), 168, seconds(tick), { tone: 'muted', anchor: tick === 0 ? 'start' : 'middle', as: '' }),
    ),
  ].join('')
}

export const lease: Picture = {
  title: 'A lease as a time line',
  height: 176,
  frames: MOMENTS.map((at, index) => frame(at, MOMENTS[index - 1] ?? 0)),
}
