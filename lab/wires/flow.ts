/**
 * One direction of one connection: bytes come from a socket, pass through the faults that are on, and go to another.
 *
 * Without a fault it is a copy: each chunk is written as it came. A fault puts a {@link Stage} in between. Stages stand
 * in the order in which they were added, each passes on to the next, and order is never lost. What they hold together is
 * bounded: beyond WINDOW_BYTES the source is not read any more, so its sender feels the fault as it would feel a
 * full buffer on the way.
 */
import type { Socket } from 'node:net'
import type { Direction } from './records.ts'

/** What stages may hold of one direction: as much as Linux gives a connection by itself, roughly. */
const WINDOW_BYTES = 256 * 1024

/** What a fault does to one direction. */
export interface Stage {
  /** Takes bytes, to pass them on now, later or never. */
  take(bytes: Buffer): void
  /** The sender has said that no more comes: after all that was taken. */
  end(): void
  /** The fault is over: passes on at once what is still held, if it is ever to arrive. */
  release(): void
}

/** Where a stage's bytes go. */
export interface Next {
  pass(bytes: Buffer): void
  /** Never to arrive. */
  drop(bytes: Buffer): void
  end(): void
}

export class Flow {
  readonly direction: Direction
  readonly #from: Socket
  readonly #to: Socket
  readonly #stages: Stage[] = []
  /** Bytes that have come from the sender, and that have gone to the receiver. */
  arrived = 0
  passed = 0
  /** Bytes within the stages. */
  held = 0
  /** Whether what comes is swallowed, so that neither end learns of the other's closing. */
  isSilent = false
  /** Sees what comes, before any stage. */
  onArrived: ((bytes: Buffer) => void) | null = null
  /** Sees what goes, after all stages. */
  onPassed: ((bytes: Buffer) => void) | null = null
  onDropped: ((bytes: number) => void) | null = null
  #isEndTold = false
  #hasEnded = false
  #isFull = false

  constructor(direction: Direction, from: Socket, to: Socket) {
    this.direction = direction
    this.#from = from
    this.#to = to
    from.on('data', (chunk: Buffer) => this.#arrive(chunk))
    from.on('end', () => this.#tellEnd())
    to.on('drain', () => {
      this.#isFull = false
      this.#regulate()
    })
  }

  /** Puts a stage in the way. @returns takes it out again, with what it still passes on */
  add(open: (next: Next) => Stage, { first = false } = {}): () => void {
    let isOut = false
    const after = () => (isOut ? null : (this.#stages[this.#stages.indexOf(stage) + 1] ?? null))
    const stage = open({
      pass: (bytes) => this.#toNext(after(), bytes),
      drop: (bytes) => this.#drop(bytes),
      end: () => this.#endNext(after()),
    })
    this.#stages.splice(first ? 0 : this.#stages.length, 0, stage)
    return () => {
      if (isOut) return
      stage.release()
      this.#stages.splice(this.#stages.indexOf(stage), 1)
      isOut = true
      this.#regulate()
    }
  }

  /** The sender's socket is gone: the receiver's goes too, after what is still to come. */
  close(): void {
    if (this.isSilent) return
    if (this.#hasEnded) this.#to.destroySoon()
    else this.#tellEnd()
  }

  #arrive(chunk: Buffer): void {
    this.arrived += chunk.length
    this.onArrived?.(chunk)
    if (this.#stages.length === 0) return this.#deliver(chunk)
    this.held += chunk.length
    this.#stages[0]!.take(chunk)
    this.#regulate()
  }

  #toNext(stage: Stage | null, bytes: Buffer): void {
    if (stage) return stage.take(bytes)
    this.held -= bytes.length
    this.#deliver(bytes)
  }

  #deliver(bytes: Buffer): void {
    if (this.#to.destroyed || bytes.length === 0) return
    this.passed += bytes.length
    this.onPassed?.(bytes)
    if (this.#to.write(bytes)) return
    this.#isFull = true
    this.#regulate()
  }

  #drop(bytes: Buffer): void {
    this.held -= bytes.length
    this.onDropped?.(bytes.length)
  }

  #tellEnd(): void {
    if (this.#isEndTold) return
    this.#isEndTold = true
    this.#endNext(this.#stages[0] ?? null)
  }

  #endNext(stage: Stage | null): void {
    if (stage) return stage.end()
    this.#hasEnded = true
    if (this.#from.destroyed) this.#to.destroySoon()
    else this.#to.end()
  }

  /** Reads from the sender as long as there is room on the way. */
  #regulate(): void {
    if (this.#isFull || this.held > WINDOW_BYTES) this.#from.pause()
    else if (this.#from.isPaused()) this.#from.resume()
  }
}
