/**
 * Push: carry a room to one reader over a stream that stays open, no faster than
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
import type { TransportWatch } from '../observe/watch.ts'
import type { Reader } from './door.ts'

/** How long a reader may take nothing before it is cut. Long enough for a phone between two cells. */
export const STALL_MS = 10_000

/** The part of a Node stream that pushing needs. */
export interface Outlet {
  readonly writableNeedDrain: boolean
  once(event: 'drain', listener: () => void): unknown
  off(event: 'drain', listener: () => void): unknown
  destroy(): unknown
}

/** What a push keeps count of. */
export type PushWatch = Pick<TransportWatch, 'pages' | 'messages' | 'stalled' | 'failed'>

/**
 * Writes every page after `cursor` to `outlet`, now and whenever the bell rings.
 *
 * @param write puts one page on the outlet; called once per page, in order
 * @param watch is told how many pages were written, and whether the reader was cut
 * @param onEnd called when the reader may not read on; what has been written by then may still arrive
 * @returns stops the pushing and leaves nothing behind in the room
 */
export function push(
  room: Pick<Reader, 'read' | 'follow'>,
  cursor: Cursor | null,
  outlet: Outlet,
  write: (page: Page) => void,
  onEnd: (why: ChatError) => void,
  watch: PushWatch,
): () => void {
  let stalled: NodeJS.Timeout | null = null
  const follower = room.follow(cursor, pump, onEnd)

  function pump(): void {
    if (stalled) return // 'drain' will pump
    for (let page = nextPage(); page; page = nextPage()) {
      write(page)
      watch.messages += page.messages.length
      watch.pages++
      if (outlet.writableNeedDrain) {
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
      watch.failed(error)
      outlet.destroy()
      return null
    }
  }
  function stall(): void {
    stalled = setTimeout(cut, STALL_MS)
    outlet.once('drain', goOn)
  }
  function cut(): void {
    watch.stalled++
    outlet.destroy()
  }
  function goOn(): void {
    rest()
    pump()
  }
  function rest(): void {
    if (!stalled) return
    clearTimeout(stalled)
    stalled = null
    outlet.off('drain', goOn)
  }

  pump()
  return () => {
    follower.stop()
    rest()
  }
}
