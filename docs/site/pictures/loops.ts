/** One stall, measured by a closed loop and by an open one: the program at the top of chapter 12, drawn. Each dot is one request. */
import { box, cumulative, dots, line, type Picture, text, WIDTH } from './draw.ts'

const EVERY_MS = 10
const END_MS = 5_000
export const STALL = { from: 1_000, to: 2_000 } as const

export interface Request {
  /** When it was due; a closed loop counts from the moment at which it sends. In milliseconds. */
  readonly at: number
  readonly latency: number
}

/** When the server answers what is sent at `at`: after a millisecond, or with the end of its stall. */
const answeredAt = (at: number) => (at >= STALL.from && at < STALL.to ? STALL.to + 1 : at + 1)

/** @param next when the request after this one is sent, told when it was due and when this one was answered */
function play(next: (dueAt: number, answered: number) => number): Request[] {
  const requests: Request[] = []
  for (let at = 0; at < END_MS; ) {
    const answered = answeredAt(at)
    requests.push({ at, latency: answered - at })
    at = next(at + EVERY_MS, answered)
  }
  return requests
}

export const closed = play((dueAt, answered) => Math.max(dueAt, answered))
export const open = play((dueAt) => dueAt)

export function p99(requests: readonly Request[]): number {
  const sorted = requests.map(({ latency }) => latency).sort((a, b) => a - b)
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0
}

const LEFT = 34
const PANEL = 96
/** What is drawn of the five seconds. */
const SHOWN_MS = 3_000
const x = (ms: number) => LEFT + (ms / SHOWN_MS) * (WIDTH - LEFT - 12)

/** A diagram of latencies over time, with its figures below. */
function panel(top: number, name: string, requests: readonly Request[], tone: 's2' | 's4'): string {
  const floor = top + PANEL
  const y = (latency: number) => floor - (latency / 1_001) * (PANEL - 24)
  const worst = Math.max(...requests.map(({ latency }) => latency))
  const shown = requests.filter(({ at }) => at < SHOWN_MS)
  return [
    text(LEFT, top + 12, name, { bold: true }),
    line([LEFT, floor], [WIDTH - 12, floor], { tone: 'rule' }),
    text(LEFT - 4, y(1_001) + 8, '1 s', { tone: 'muted', anchor: 'end' }),
    text(LEFT - 4, floor, '0', { tone: 'muted', anchor: 'end' }),
    dots(
      shown.map(({ at, latency }) => [x(at), y(latency)]),
      { tone, as: 'sweeps large' },
    ),
    text(x(STALL.from) + 14, y(worst) + 5, `${worst.toLocaleString('en')} ms`, { tone }),
    text(LEFT, floor + 16, `${requests.length} requests; p99 is ${p99(requests)} ms`, { tone }),
  ].join('')
}

const TOPS = [44, 44 + PANEL + 30] as const
const BOTTOM = TOPS[1] + PANEL + 22

const server = [
  box(x(STALL.from), 20, x(STALL.to) - x(STALL.from), BOTTOM - 18, { tone: 'bad', as: 'band faint fades' }),
  text(x(0), 14, 'answers in 1 ms', { tone: 'muted' }),
  text((x(STALL.from) + x(STALL.to)) / 2, 14, 'stands still', { tone: 'bad', anchor: 'middle' }),
  text(x(SHOWN_MS), 14, 'answers in 1 ms', { tone: 'muted', anchor: 'end' }),
  ...[0, 1_000, 2_000, 3_000].map((ms) =>
    text(x(ms), BOTTOM + 18, `${ms / 1_000} s`, {
      tone: 'muted',
      anchor: ms === 0 ? 'start' : ms === SHOWN_MS ? 'end' : 'middle',
    }),
  ),
].join('')

/** Requests that an open loop sends while the server stands still, and a closed one does not. */
export const leftOut = open.filter(isInStall).length - closed.filter(isInStall).length

function isInStall({ at }: Request): boolean {
  return at >= STALL.from && at < STALL.to
}

const verdict =
  text((x(STALL.from) + x(STALL.to)) / 2, TOPS[0] + 56, `${leftOut} requests`, {
    tone: 'bad',
    anchor: 'middle',
    bold: true,
  }) +
  text((x(STALL.from) + x(STALL.to)) / 2, TOPS[0] + 71, 'were never sent', {
    tone: 'bad',
    anchor: 'middle',
    bold: true,
  })

export const loops: Picture = {
  title: 'A closed and an open loop over one stall',
  height: BOTTOM + 24,
  frames: cumulative([
    server,
    panel(TOPS[0], 'closed: waits for the answer', closed, 's2'),
    panel(TOPS[1], 'open: sends when it is due', open, 's4'),
    verdict,
  ]),
}
