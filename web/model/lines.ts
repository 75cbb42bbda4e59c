/**
 * The lines of a lane that a person sees: the newest of the conversation, what was asked for of before, and what is held
 * back while the reader is away from the newest.
 */
import type { Platform } from '../../lab/client/platform.ts'
import type { ChatMessage, Cursor } from '../../lab/wire/message.ts'
import { createEarlier, type EarlierState } from './earlier.ts'

/** Lines kept in view. More would make each frame slower, and the page measures frames. */
export const MAX_LINES = 200
/**
 * The same while the reader is away from the newest: nothing may go from under their eyes. What comes when
 * there are so many is held back, and shown when they return.
 */
export const MAX_LINES_READING = 1_200

export interface MessageLine {
  readonly kind: 'message'
  /** Unlike `seq`, never used twice: a server that restarts begins its numbers again. */
  readonly key: number
  readonly message: ChatMessage
  /** When it came out of the transport, in milliseconds of the page's clock; absent for what was read as history. */
  readonly receivedAt?: number
  /** Publish → shown, in milliseconds; `awaited` until it is on the screen. */
  latency: number | 'awaited' | 'untimed'
  /** Its latency holds this page's own queue. */
  isPages?: boolean
}

export interface GapLine {
  readonly kind: 'gap'
  readonly key: number
  /** How many messages are missing here; 0 when a new log began and the number cannot be known. */
  readonly lost: number
}

export type Line = MessageLine | GapLine

/** What was said before the first line. */
export interface EarlierLines {
  readonly lines: readonly MessageLine[]
  readonly state: EarlierState
  /** Whether anything was said before that. */
  readonly isMore: boolean
}

export interface LinesOptions {
  /** Where the room's history is. */
  readonly url: URL
  readonly platform: Platform
  readonly onChange: () => void
}

export type Lines = ReturnType<typeof createLines>

export function createLines({ url, platform, onChange }: LinesOptions) {
  const earlier = createEarlier({ url, platform, onChange })
  let keys = 0
  let lines: Line[] = []
  /** The reader is away from the newest. */
  let isHeld = false
  /** What came when there were too many lines to add to: the newest of it, and how many they were. */
  let heldBack: Line[] = []
  let heldBackCount = 0
  let earlierMessages: readonly ChatMessage[] = []
  let earlierLines: readonly MessageLine[] = []

  function add<One extends Line>(line: One): One {
    const isRead = isHeld || earlier.messages.length > 0 || earlier.state === 'loading'
    if (isRead && lines.length >= MAX_LINES_READING) {
      heldBackCount++
      heldBack.push(line)
      if (heldBack.length > MAX_LINES) heldBack.shift()
    } else {
      lines.push(line)
      if (!isRead && lines.length > MAX_LINES) lines.shift()
    }
    onChange()
    return line
  }

  /** The number of the first message in view; null when what comes before it cannot be told. */
  function firstSeq(): number | null {
    // In a new log, the old numbers mean something else.
    if (lines.some((line) => line.kind === 'gap' && line.lost === 0)) return null
    const first = lines.find((line) => line.kind === 'message')
    return first?.message.seq ?? null
  }

  return {
    get all(): readonly Line[] {
      return lines
    },
    addMessage: (message: ChatMessage, receivedAt: number) =>
      add({ kind: 'message', key: keys++, message, receivedAt, latency: 'awaited' }),
    addGap: (lost: number) => add({ kind: 'gap', key: keys++, lost }),
    /** Said before the first of {@link all}, as far as the reader has asked for it. */
    get earlier(): EarlierLines {
      const { messages, state } = earlier
      if (messages !== earlierMessages) {
        earlierMessages = messages
        earlierLines = messages.map((message) => ({
          kind: 'message',
          key: -message.seq,
          message,
          latency: 'untimed',
        }))
      }
      const first = messages[0]?.seq ?? firstSeq()
      return { lines: earlierLines, state, isMore: first !== null && first > 1 && state !== 'ended' }
    },
    /** Reads a page more of what was said before. @param cursor of the log to which the lines belong */
    async showEarlier(cursor: Cursor | null): Promise<void> {
      const before = firstSeq()
      if (before !== null) await earlier.load(cursor, before)
    },
    /** The reader is away from the newest: from now on, no line is dropped. */
    hold() {
      isHeld = true
    },
    /** Back to the newest: each frame is cheap again. */
    toNewest() {
      const isPlain = earlier.messages.length === 0 && earlier.state === 'idle'
      isHeld = false
      if (isPlain && heldBackCount === 0 && lines.length <= MAX_LINES) return
      earlier.forget()
      lines = [...lines, ...heldBack].slice(-MAX_LINES)
      heldBack = []
      heldBackCount = 0
      onChange()
    },
    /** How many lines came and are not shown, until {@link toNewest}. */
    get heldBack() {
      return heldBackCount
    },
    /** Forgets all of them. */
    clear() {
      lines = []
      heldBack = []
      heldBackCount = 0
      earlier.forget()
    },
  }
}
