/** One lost packet, on one TCP connection and with an order for each stream: the program of chapter 11, drawn. */
import { box, cumulative, line, type Picture, text, WIDTH } from './draw.ts'

/** When each packet arrives, in milliseconds, in the order in which they were sent. The first that was lost comes again. */
export const ARRIVALS = [
  ['a1', 10],
  ['b1', 130],
  ['c1', 12],
  ['a2', 13],
  ['b2', 14],
  ['c2', 15],
] as const
const LOST = 'b1'

export interface Packet {
  readonly name: string
  readonly arrives: number
  /** When the program gets it. */
  readonly handed: number
}

/** @param lineOf which packets have an order among each other */
export function handOver(lineOf: (name: string) => string): Packet[] {
  const latest = new Map<string, number>()
  return ARRIVALS.map(([name, arrives]) => {
    const handed = Math.max(latest.get(lineOf(name)) ?? 0, arrives)
    latest.set(lineOf(name), handed)
    return { name, arrives, handed }
  })
}

export const oneTcp = handOver(() => 'all')
export const byStream = handOver((name) => name[0]!)

export const waited = (packets: readonly Packet[]): number =>
  packets.reduce((sum, { arrives, handed }) => sum + handed - arrives, 0)

const LEFT = 34
const ROW = 17
const END_MS = 150
const x = (ms: number) => LEFT + (ms / END_MS) * (WIDTH - LEFT - 30)
const TONES = { a: 's2', b: 's4', c: 's3' } as const
const toneOf = (name: string) => TONES[name[0] as keyof typeof TONES]

/** A packet as it arrives: a small box with its name. */
function arrival({ name, arrives }: Packet, y: number): string {
  const isAgain = name === LOST
  return [
    text(LEFT - 8, y + 4, name, { tone: toneOf(name), anchor: 'end', bold: true }),
    box(x(arrives) - 3, y - 5, 6, 10, { tone: toneOf(name), as: 'band full fades' }),
    isAgain ? line([x(11) - 4, y - 4], [x(11) + 4, y + 4], { tone: 'bad' }) : '',
    isAgain ? line([x(11) - 4, y + 4], [x(11) + 4, y - 4], { tone: 'bad' }) : '',
    isAgain ? text(x(11) + 12, y + 4, 'lost, and sent again', { tone: 'bad', as: 'fades small' }) : '',
  ].join('')
}

/** How long the kernel has it and the program cannot. */
function waiting({ name, arrives, handed }: Packet, y: number): string {
  if (handed === arrives)
    return name === LOST
      ? ''
      : text(x(arrives) + 8, y + 4, `at ${arrives}: at once`, { tone: 'good', as: 'fades small' })
  return (
    box(x(arrives) + 3, y - 5, x(handed) - x(arrives) - 3, 10, { tone: toneOf(name), as: 'band sweeps' }) +
    text((x(arrives) + x(handed)) / 2, y + 4, `waits ${handed - arrives} ms`, {
      anchor: 'middle',
      as: 'fades small',
    })
  )
}

const PANEL = ARRIVALS.length * ROW + 34
const rows = (top: number, packets: readonly Packet[], draw: (packet: Packet, y: number) => string) =>
  packets.map((packet, index) => draw(packet, top + 30 + index * ROW)).join('')

function panel(top: number, name: string, packets: readonly Packet[]): string {
  return [
    text(0, top + 12, name, { bold: true }),
    text(WIDTH, top + 12, `waited in all: ${waited(packets)} ms`, { anchor: 'end', tone: 'muted' }),
    rows(top, packets, arrival),
    rows(top, packets, waiting),
  ].join('')
}

const AXIS = 2 * PANEL + 10
const axis =
  [0, 50, 100]
    .map((ms) => text(x(ms), AXIS + 10, `${ms} ms`, { tone: 'muted', anchor: 'middle', as: 'small' }))
    .join('') + text(x(130), AXIS + 10, '130 ms', { tone: 'muted', anchor: 'middle', as: 'small' })

const first = text(0, 12, 'one TCP connection', { bold: true }) + rows(0, oneTcp, arrival)
const held =
  text(WIDTH, 12, `waited in all: ${waited(oneTcp)} ms`, { anchor: 'end', tone: 'muted' }) +
  rows(0, oneTcp, waiting)

export const headOfLine: Picture = {
  title: 'One lost packet, with one order for all and with one for each stream',
  height: AXIS + 16,
  frames: cumulative([first, held, panel(PANEL, 'an order for each stream', byStream)]).map(
    (frame) => axis + frame,
  ),
}
