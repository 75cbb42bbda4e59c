/**
 * One direction of one connection: bytes come from a socket, pass through the faults that are on, and go to another.
 *
 * Without a fault it is a copy: each chunk is written as it came. A fault puts a {@link Filter} in between. Filters stand
 * in the order in which they were added, each passes on to the next, and order is never lost. What they hold together is
 * bounded: beyond WINDOW_BYTES the source is not read any more, so its sender feels the fault as it would feel a
 * full buffer on the way.
 */
import type { Socket } from 'node:net'
import type { Direction } from './records.ts'

/** What filters may hold of one direction: as much as Linux gives a connection by itself, roughly. */
const WINDOW_BYTES = 256 * 1024

/** What a fault does to one direction. */
export interface Filter {
  /** Takes bytes, to pass them on now, later or never. */
  take(bytes: Buffer): void
  /** The sender has said that no more comes: after all that was taken. */
  end(): void
  /** What may be held of this direction while it is in the way, in bytes; as usual unless given. */
  readonly windowBytes?: number
  /** The fault is over: passes on at once what is still held, if it is ever to arrive. */
  release(): void
}

/** Where a filter's bytes go. */
export interface Next {
  pass(bytes: Buffer): void
  /** Never to arrive. */
  drop(bytes: Buffer): void
  /** Passes others on in their place. */
  replace(bytes: Buffer, by: Buffer): void
  end(): void
}

export class Flow {
  readonly direction: Direction
  readonly #from: Socket
  readonly #to: Socket
  readonly #filters: Filter[] = []
  /** Bytes that have come from the sender, and that have gone to the receiver. */
  arrived = 0
  passed = 0
  /** Bytes within the filters. */
  held = 0
  /** Whether what comes is swallowed, so that neither end learns of the other's closing. */
  isSilent = false
  /** Sees what comes, before any filter. */
  onArrived: ((bytes: Buffer) => void) | null = null
  /** Sees what goes, after all filters. */
  onPassed: ((bytes: Buffer) => void) | null = null
  onDropped: ((bytes: number) => void) | null = null
  #isEndTold = false
  #hasEnded = false
  #isFull = false
  #window = WINDOW_BYTES

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

  /** Puts a filter in the way. @returns takes it out again, with what it still passes on */
  add(open: (next: Next) => Filter, { first = false } = {}): () => void {
    let isOut = false
    const after = () => (isOut ? null : (this.#filters[this.#filters.indexOf(filter) + 1] ?? null))
    const filter = open({
      pass: (bytes) => this.#toNext(after(), bytes),
      drop: (bytes) => this.#drop(bytes),
      replace: (bytes, by) => {
        this.held += by.length - bytes.length
        if (by.length > 0) this.#toNext(after(), by)
      },
      end: () => this.#endNext(after()),
    })
    this.#filters.splice(first ? 0 : this.#filters.length, 0, filter)
    this.#measureWindow()
    return () => {
      if (isOut) return
      filter.release()
      this.#filters.splice(this.#filters.indexOf(filter), 1)
      isOut = true
      this.#measureWindow()
      this.#regulate()
    }
  }

  /** Sends the receiver what did not come from the sender. */
  inject(bytes: Buffer): void {
    this.#deliver(bytes)
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
    if (this.#from.destroyed) return // it was dropped for what it is, as it was learned from these bytes
    if (this.#filters.length === 0) return void this.#deliver(chunk)
    this.held += chunk.length
    this.#filters[0]!.take(chunk)
    this.#regulate()
  }

  #toNext(filter: Filter | null, bytes: Buffer): void {
    if (filter) return void filter.take(bytes)
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
    this.#endNext(this.#filters[0] ?? null)
  }

  #endNext(filter: Filter | null): void {
    if (filter) return void filter.end()
    this.#hasEnded = true
    if (this.#from.destroyed) this.#to.destroySoon()
    else this.#to.end()
  }

  #measureWindow(): void {
    this.#window = Math.min(
      ...this.#filters.map(({ windowBytes = WINDOW_BYTES }) => windowBytes),
      WINDOW_BYTES,
    )
  }

  /** Reads from the sender as long as there is room on the way. */
  #regulate(): void {
    if (this.#isFull || this.held > this.#window) this.#from.pause()
    else if (this.#from.isPaused()) this.#from.resume()
  }
}
