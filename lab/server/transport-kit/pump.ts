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
import type { Reader } from './room-gateway.ts'

/** How long a reader may take nothing before it is cut. Long enough for a phone between two cells. */
export const STALL_MS = 10_000

/** The part of a Node stream that a pump needs. */
export interface Sink {
  readonly writableNeedDrain: boolean
  once(event: 'drain', listener: () => void): unknown
  off(event: 'drain', listener: () => void): unknown
  destroy(): unknown
}

/** What a pump keeps count of. */
export type PumpMetrics = Pick<TransportMetrics, 'pages' | 'messages' | 'stalled' | 'failed'>

/**
 * Writes every page after `cursor` to `sink`, now and whenever the room notifies.
 *
 * @param write puts one page on the sink; called once per page, in order
 * @param metrics is told how many pages were written, and whether the reader was cut
 * @param onEnd called when the reader may not read on; what has been written by then may still arrive
 * @returns stops the pump and leaves nothing behind in the room
 */
export function pump(
  reader: Pick<Reader, 'read' | 'follow'>,
  cursor: Cursor | null,
  sink: Sink,
  write: (page: Page) => void,
  onEnd: (why: ChatError) => void,
  metrics: PumpMetrics,
): () => void {
  let stalled: NodeJS.Timeout | null = null
  const follower = reader.follow(cursor, writeAll, onEnd)

  function writeAll(): void {
    if (stalled) return // 'drain' goes on
    for (let page = nextPage(); page; page = nextPage()) {
      write(page)
      metrics.messages += page.messages.length
      metrics.pages++
      if (sink.writableNeedDrain) {
        stall()
        return
      }
    }
  }
  /** An old page comes from the disk, and that can fail: this reader then resumes by its cursor. */
  function nextPage(): Page | null {
    try {
      return follower.next()
    } catch (error) {
      metrics.failed(error)
      sink.destroy()
      return null
    }
  }
  function stall(): void {
    stalled = setTimeout(cut, STALL_MS)
    sink.once('drain', goOn)
  }
  function cut(): void {
    metrics.stalled++
    sink.destroy()
  }
  function goOn(): void {
    rest()
    writeAll()
  }
  function rest(): void {
    if (!stalled) return
    clearTimeout(stalled)
    stalled = null
    sink.off('drain', goOn)
  }

  writeAll()
  return () => {
    follower.stop()
    rest()
  }
}
