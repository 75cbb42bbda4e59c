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

/** Which part makes the slowest hundredth slow. */
export function whatMakesTheTail(requests: readonly Timed[]): Part {
  const sums = { read: 0, append: 0, send: 0 }
  for (const { read, append, send } of requests) {
    sums.read += read
    sums.append += append
    sums.send += send
  }
  const parts = ['read', 'append', 'send'] as const
  return parts.reduce((most, part) => (sums[part] > sums[most] ? part : most))
}
