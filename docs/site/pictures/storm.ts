/**
 * A thousand clients that come back to one server, under four rules: the lab's own backoff, and three that are simpler. Each
 * dot is a client's first request after the server's return; how high it stands is the client's number.
 */
import { backoff, backoffBound } from '../../../lab/client/backoff.ts'
import { createRandom, type Random } from '../../../lab/wire/random.ts'
import { cumulative, dots, line, type Picture, text, WIDTH } from './draw.ts'

const CLIENTS = 1_000
/** All lose the server at 0, and it is back then. In milliseconds. */
const BACK_MS = 5_000
/** The same as of the program in chapter 11, so that both say the same. */
const SEED = 11
/** Requests within so long meet the server as one crowd. */
const CROWD_MS = 500

export interface Rule {
  readonly name: string
  /** How long to wait before this retry, from 0 on, in milliseconds. */
  readonly waitMs: (attempt: number, random: Random) => number
}

/** In the order in which the program of chapter 11 plays them, by one source of chance. */
export const RULES: readonly Rule[] = [
  { name: 'each second', waitMs: () => 1_000 },
  { name: 'doubling', waitMs: (attempt) => backoffBound(attempt) },
  { name: 'half chance', waitMs: (attempt, random) => backoffBound(attempt) * (0.5 + random() / 2) },
  { name: 'full chance', waitMs: (attempt, random) => backoff(attempt, random) },
]

/** For each rule, when each client meets the server, in milliseconds after its return. */
export function play(rules = RULES): number[][] {
  const random = createRandom(SEED)
  return rules.map(({ waitMs }) =>
    Array.from({ length: CLIENTS }, () => {
      let at = 0
      for (let attempt = 0; at < BACK_MS; attempt++) at += waitMs(attempt, random)
      return at - BACK_MS
    }),
  )
}

/** The most that come within any half second. */
export function fullest(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  let most = 0
  let first = 0
  for (const [last, time] of sorted.entries()) {
    while (time - sorted[first]! >= CROWD_MS) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

const LEFT = 12
const PANEL = 58
const ROW = PANEL + 34
const TOP = 26
/** What is drawn; those that come later are counted at the edge. */
const SHOWN_MS = 8_000
const x = (ms: number) => LEFT + (ms / SHOWN_MS) * (WIDTH - 2 * LEFT)

function panel(index: number, times: readonly number[]): string {
  const top = TOP + index * ROW
  const floor = top + PANEL + 16
  const here = times.flatMap((ms, client) =>
    ms < SHOWN_MS
      ? [[Math.round(x(ms) * 2) / 2, Math.round((floor - 2 - (client / CLIENTS) * PANEL) * 2) / 2] as const]
      : [],
  )
  const later = times.length - here.length
  return [
    text(LEFT, top + 10, RULES[index]!.name, { bold: true }),
    text(WIDTH - LEFT, top + 10, `fullest half second: ${fullest(times).toLocaleString('en')}`, {
      tone: fullest(times) > CLIENTS / 2 ? 'bad' : 'good',
      anchor: 'end',
    }),
    dots(here, { tone: 's2', as: 'sweeps tiny' }),
    line([LEFT, floor], [WIDTH - LEFT, floor], { tone: 'rule', as: '' }),
    later > 0
      ? text(WIDTH - LEFT, floor + 11, `${later} later`, { tone: 'muted', anchor: 'end', as: 'fades small' })
      : '',
  ].join('')
}

const axis =
  [0, 2_000, 4_000]
    .map((ms) =>
      text(x(ms), 12, `${ms / 1_000} s`, {
        tone: 'muted',
        anchor: ms === 0 ? 'start' : 'middle',
        as: 'small',
      }),
    )
    .join('') +
  text(WIDTH - LEFT, 12, 'after the server’s return', { tone: 'muted', anchor: 'end', as: 'small' })

const layers = play().map((times, index) => panel(index, times))

export const storm: Picture = {
  title: 'A thousand clients come back, under four rules',
  height: TOP + RULES.length * ROW,
  frames: cumulative(layers).map((frame) => axis + frame),
}
