/**
 * The pump: carries a room to one reader over a stream that stays open, no faster than
 * the reader takes it.
 *
 * The rule is backpressure by cursor. While a stream has bytes of ours that the
 * kernel would not take, nothing more is read from the log for it. So what a slow
 * reader can make us hold is one page beyond the stream's own buffer, and when it
 * has drained, the reader gets all that it missed in as few pages as will carry it.
 * One that takes nothing at all for STALL_MS is cut: it can resume by its cursor.
 */
import type { ChatError } from '../../wire/errors.ts'
import type { Cursor, Page } from '../../wire/message.ts'
import type { TransportMetrics } from '../observe/server-metrics.ts'
import type { Place, Reader } from './room-gateway.ts'

/** How long a reader may take nothing before it is cut. Long enough for a phone between two cells. */
export const STALL_MS = 10_000

/** The part of a Node stream that a pump needs. */
export interface Sink {
  readonly writableNeedDrain: boolean
  once(event: 'drain', listener: () => void): unknown
  off(event: 'drain', listener: () => void): unknown
  destroy(): unknown
}

/** Whose pages are pumped. */
export interface PumpOwner {
  /** Writes one page on the sink; called once per page, in order. */
  onPage(page: Page): void
  /** The reader may not read on; what has been written by then may still arrive. */
  onEnd(why: ChatError): void
}

/** What a pump keeps count of. */
export type PumpMetrics = Pick<TransportMetrics, 'pages' | 'messages' | 'stalled' | 'failed'>

/**
 * Hands every page after `cursor` to `owner`, now and whenever the room notifies. It begins at once, so an owner
 * that needs anything for its `onPage` has it by then.
 *
 * A class: ten thousand are pumping at once, and share its methods. Closures would be made for each.
 */
export class Pump {
  readonly #sink: Sink
  readonly #owner: PumpOwner
  readonly #metrics: PumpMetrics
  readonly #place: Place
  /** What waits for the sink to drain; null while it takes what it is given. */
  #stall: { readonly timer: NodeJS.Timeout; readonly goOn: () => void } | null = null

  /** @param metrics is told how many pages were written, and whether the reader was cut */
  constructor(
    reader: Pick<Reader, 'read' | 'follow'>,
    cursor: Cursor | null,
    sink: Sink,
    owner: PumpOwner,
    metrics: PumpMetrics,
  ) {
    this.#sink = sink
    this.#owner = owner
    this.#metrics = metrics
    this.#place = reader.follow(
      cursor,
      () => this.writeAll(),
      (why) => owner.onEnd(why),
    )
    this.writeAll()
  }

  /** Leaves nothing behind: in the room, on the sink, or on the clock. */
  stop(): void {
    this.#place.stop()
    this.#rest()
  }

  /** For the room alone. */
  writeAll(): void {
    if (this.#stall) return // 'drain' goes on
    for (let page = this.#nextPage(); page; page = this.#nextPage()) {
      this.#owner.onPage(page)
      this.#metrics.messages += page.messages.length
      this.#metrics.pages++
      if (this.#sink.writableNeedDrain) {
        this.#wait()
        return
      }
    }
  }

  /** An old page comes from the disk, and that can fail: this reader then resumes by its cursor. */
  #nextPage(): Page | null {
    try {
      return this.#place.next()
    } catch (error) {
      this.#metrics.failed(error)
      this.#sink.destroy()
      return null
    }
  }

  #wait(): void {
    const goOn = () => {
      this.#rest()
      this.writeAll()
    }
    this.#stall = { timer: setTimeout(() => this.#cut(), STALL_MS), goOn }
    this.#sink.once('drain', goOn)
  }

  #cut(): void {
    this.#metrics.stalled++
    this.#sink.destroy()
  }

  #rest(): void {
    if (!this.#stall) return
    clearTimeout(this.#stall.timer)
    this.#sink.off('drain', this.#stall.goOn)
    this.#stall = null
  }
}
