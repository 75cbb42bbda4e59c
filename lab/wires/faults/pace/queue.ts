/** A filter that keeps pieces until their time has come, in their order: what latency, bandwidth and loss have in common. */
import type { Clock } from '../../../wire/clock.ts'
import type { Filter, Next } from '../../flow.ts'

export interface QueueOptions {
  readonly clock: Clock
  /** When a piece may go that comes now, by the clock; never before the one ahead of it. */
  readonly dueAt: (bytes: Buffer, lastDueAt: number) => number
  /** Longer pieces are cut to this length, in bytes; they stay as they came unless given. */
  readonly pieceBytes?: number
}

interface Piece {
  /** Null for the end. */
  readonly bytes: Buffer | null
  readonly dueAt: number
}

export function createQueue(
  next: Next,
  { clock, dueAt, pieceBytes = Number.MAX_SAFE_INTEGER }: QueueOptions,
): Filter {
  let pieces: Piece[] = []
  let lastDueAt = Number.NEGATIVE_INFINITY
  let cancel: (() => void) | null = null
  let isReleased = false

  function add(bytes: Buffer | null): void {
    if (isReleased) return void send({ bytes, dueAt: 0 })
    lastDueAt = Math.max(lastDueAt, bytes ? dueAt(bytes, lastDueAt) : lastDueAt)
    pieces.push({ bytes, dueAt: lastDueAt })
    wait()
  }
  function wait(): void {
    const [first] = pieces
    if (cancel || !first) return
    cancel = clock.after(Math.max(0, first.dueAt - clock.now()), () => {
      cancel = null
      const now = clock.now()
      const count = pieces.findIndex((piece) => piece.dueAt > now)
      for (const piece of pieces.splice(0, count < 0 ? pieces.length : Math.max(1, count))) send(piece)
      wait()
    })
  }
  const send = ({ bytes }: Piece) => (bytes ? next.pass(bytes) : next.end())

  return {
    take(bytes) {
      for (let at = 0; at < bytes.length; at += pieceBytes) add(bytes.subarray(at, at + pieceBytes))
    },
    end: () => add(null),
    release() {
      isReleased = true
      cancel?.()
      const rest = pieces
      pieces = []
      for (const piece of rest) send(piece)
    },
  }
}
