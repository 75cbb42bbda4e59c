/** Times in milliseconds. */
export interface Timed {
  /** When its bytes had arrived. */
  readonly dueAt: number
  /** When the server began with it. */
  readonly begunAt: number
  /** How long each part of the work took. */
  readonly read: number
  readonly append: number
  readonly send: number
}

export type Part = 'waiting' | 'read' | 'append' | 'send'

const PARTS: Readonly<Record<Part, (request: Timed) => number>> = {
  waiting: ({ dueAt, begunAt }) => begunAt - dueAt,
  read: ({ read }) => read,
  append: ({ append }) => append,
  send: ({ send }) => send,
}

/** Which part makes the slowest hundredth slow. */
export function whatMakesTheTail(requests: readonly Timed[]): Part {
  const all = requests.toSorted((a, b) => whole(b) - whole(a))
  const slowest = all.slice(0, Math.max(1, Math.floor(all.length / 100)))
  const more = (part: Part) => median(slowest, PARTS[part]) - median(all, PARTS[part])
  return (Object.keys(PARTS) as Part[]).reduce((most, part) => (more(part) > more(most) ? part : most))
}

const whole = (request: Timed): number =>
  Object.values(PARTS).reduce((sum, partOf) => sum + partOf(request), 0)

function median(requests: readonly Timed[], partOf: (request: Timed) => number): number {
  const sorted = requests.map(partOf).sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length / 2) - 1]!
}
