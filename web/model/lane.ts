/**
 * A lane: one chat client, what a person sees of its conversation, and its figures.
 * It knows no document; whoever draws it says when something has been on the screen.
 */
import { type ConnectionState, createChatClient } from '../../lab/client/chat-client.ts'
import { type Platform, randomId } from '../../lab/client/platform.ts'
import type { Transport } from '../../lab/client/transport.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import type { ChatMessage, Note } from '../../lab/wire/message.ts'
import type { Here } from '../../lab/wire/presence.ts'
import { countRequests } from './counting.ts'
import { createEarlier, type EarlierState } from './earlier.ts'
import type { Latencies } from './latencies.ts'
import type { Stopwatch } from './stopwatch.ts'

/** Lines kept in view. More would make each frame slower, and the page measures frames. */
export const MAX_LINES = 200
/** The same while somebody reads what was said earlier: nothing may go that stands between it and the newest. */
export const MAX_LINES_READING = 1_200

/** What a removal says to readers that do not know what a removal is. */
const REMOVED = '(removed)'

export interface MessageLine {
  readonly kind: 'message'
  /** Unlike `seq`, never used twice: a server that restarts begins its numbers again. */
  readonly key: number
  readonly message: ChatMessage
  /** Publish → shown, in milliseconds; `awaited` until it is on the screen. */
  latency: number | 'awaited' | 'untimed'
}

export interface GapLine {
  readonly kind: 'gap'
  readonly key: number
  /** How many messages are missing here; 0 when a new log began and nobody can tell. */
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

/** Written here and not yet come back as a message. */
export interface Pending {
  readonly draftId: string
  readonly text: string
  /** The server has it; this lane has not read it yet. */
  accepted: boolean
}

/** A message that somebody is about to say anew. */
export interface Editing {
  readonly seq: number
  /** As it reads now. */
  readonly text: string
}

export interface LaneFigures {
  readonly requests: number
  readonly messages: number
  readonly duplicates: number
  readonly lost: number
  readonly reconnects: number
}

export interface LaneOptions {
  readonly transport: Transport
  readonly baseUrl: URL
  /** The room, where no transport is needed, with a slash at the end: `…/rooms/ROOM/`. */
  readonly roomUrl: URL
  /** Read anew for each message. */
  readonly author: () => string
  readonly platform: Platform
  readonly stopwatch: Stopwatch
  readonly latencies: Latencies
  /** Whether the lane is counted among those who are here, and shows who else is; not unless given. */
  readonly present?: boolean
  /** As {@link createChatClient} takes it; lanes that share one come back together. */
  readonly backoffMs?: (attempt: number) => number
  /** Something to be drawn has changed. */
  readonly onChange: () => void
}

export type Lane = ReturnType<typeof createLane>

export function createLane(options: LaneOptions) {
  const { transport, baseUrl, stopwatch, latencies, onChange } = options
  const { clock } = options.platform
  let requests = 0
  let keys = 0
  let lines: Line[] = []
  let pending: Pending[] = []
  /** Lines that no frame has shown yet. */
  let fresh: MessageLine[] = []
  let refusal: { readonly text: string; readonly error: ChatError } | null = null
  let editing: Editing | null = null
  let retryAt = 0
  let wanted = false
  let parked: string | null = null
  let isClosed = false

  const platform = countRequests(options.platform, () => {
    requests++
    changed()
  })
  const client = createChatClient(transport, {
    baseUrl,
    platform,
    get author() {
      return options.author()
    },
    ...(options.backoffMs && { backoffMs: options.backoffMs }),
    ...(options.present && { presence: { tab: randomId() } }),
  })
  let zero = totals()
  const earlier = createEarlier({
    url: new URL('messages', options.roomUrl),
    platform: options.platform,
    onChange: changed,
  })
  let earlierMessages: readonly ChatMessage[] = []
  let earlierLines: readonly MessageLine[] = []

  client.onMessage((message) => {
    const line: MessageLine = { kind: 'message', key: keys++, message, latency: 'awaited' }
    pending = pending.filter(({ draftId }) => draftId !== message.draftId)
    fresh.push(line)
    add(line)
  })
  client.onGap(({ lost }) => add({ kind: 'gap', key: keys++, lost }))
  client.onHere(changed)
  client.onState((state) => {
    if (state.status === 'waiting') retryAt = clock.now() + state.retryInMs
    changed()
  })

  function add(line: Line): void {
    lines.push(line)
    const isRead = earlier.messages.length > 0 || earlier.state === 'loading'
    if (lines.length > (isRead ? MAX_LINES_READING : MAX_LINES)) forgetEarlier()
    changed()
  }

  /** The number of the first message in view; null when what comes before it cannot be told. */
  function firstSeq(): number | null {
    // In a log that began anew, the old numbers mean something else.
    if (lines.some((line) => line.kind === 'gap' && line.lost === 0)) return null
    const first = lines.find((line) => line.kind === 'message')
    return first?.message.seq ?? null
  }

  function forgetEarlier(): void {
    earlier.forget()
    if (lines.length > MAX_LINES) lines.splice(0, lines.length - MAX_LINES)
  }

  function changed(): void {
    if (!isClosed) onChange()
  }

  function totals(): LaneFigures {
    const { received, duplicates, lost, reconnects } = client.figures
    return { requests, messages: received, duplicates, lost, reconnects }
  }

  /** @param anew what is edited, for who wants to try it again */
  async function send(text: string, note?: Note, anew: Editing | null = null): Promise<void> {
    const draft: Pending = { draftId: randomId(), text, accepted: false }
    // What is written offline waits here, and would be charged to lanes that did nothing wrong.
    if (client.state.status === 'open') stopwatch.start(draft.draftId, clock.now())
    refusal = null
    pending = [...pending, draft]
    changed()
    try {
      await client.send(text, draft.draftId, note)
      draft.accepted = true
    } catch (thrown) {
      pending = pending.filter((one) => one !== draft)
      // Nobody has written the words of a removal: they are not to be given back.
      refusal = { text: note?.kind === 'removed' ? '' : text, error: ChatError.from(thrown) }
      editing ??= anew
    }
    changed()
  }

  return {
    get state(): ConnectionState {
      return client.state
    },
    /** When the next attempt is due, by the page's clock; only while the state is `waiting`. */
    get retryAt() {
      return retryAt
    },
    /** Whether a person wants this lane to be connected. */
    get wanted() {
      return wanted
    },
    get lines(): readonly Line[] {
      return lines
    },
    /** Said before the first of {@link lines}, as far as somebody has asked for it. */
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
    /** Reads a page more of what was said before. */
    async showEarlier(): Promise<void> {
      const before = firstSeq()
      if (before !== null) await earlier.load(client.cursor, before)
    },
    /** Back to the newest: each frame is cheap again. */
    forgetEarlier() {
      forgetEarlier()
      changed()
    },
    /** Who is here, as far as that is known now: what was told before the line broke may be so no more. */
    get here(): Here | null {
      return client.state.status === 'open' ? client.here : null
    },
    /** Call it for every key. */
    typing: client.typing,
    get pending(): readonly Pending[] {
      return pending
    },
    get unsent() {
      return client.unsent
    },
    /** The last draft that the server would not take, and why. */
    get refusal() {
      return refusal
    },
    /** Since the last reset. */
    get figures(): LaneFigures {
      const now = totals()
      return {
        requests: now.requests - zero.requests,
        messages: now.messages - zero.messages,
        duplicates: now.duplicates - zero.duplicates,
        lost: now.lost - zero.lost,
        reconnects: now.reconnects - zero.reconnects,
      }
    },
    /** False while the browser says that it has no network. */
    get isOnline() {
      return options.platform.signals?.isOnline ?? true
    },
    /** Why it rests although it is wanted; null when it does not. */
    get parked() {
      return parked
    },
    connect() {
      wanted = true
      parked = null
      client.connect()
    },
    /** Tries again now, if it waits for its time. */
    retry: client.retry,
    disconnect() {
      wanted = false
      parked = null
      client.disconnect()
    },
    /**
     * The page goes out of sight for good, or may come back: nobody is here until {@link wake}.
     *
     * @param why what a person who sees it all the same is told
     */
    sleep(why: string | null = null) {
      parked = why
      client.disconnect()
      changed()
    },
    wake() {
      parked = null
      if (wanted) client.connect()
      changed()
    },
    /** What the next {@link send} says anew; null for nothing. */
    get editing() {
      return editing
    },
    edit(what: Editing | null) {
      editing = what
      changed()
    },
    /** Takes what was said out of the log, for everybody. */
    remove: (seq: number) => send(REMOVED, { kind: 'removed', seq }),
    /** Resolves, without an error, when it has been accepted or refused. */
    send(text: string): Promise<void> {
      const anew = editing
      editing = null
      return send(text, anew ? { kind: 'edited', seq: anew.seq } : undefined, anew)
    },
    /** Where a file of this room is. */
    fileUrl: (id: string) => new URL(`files/${encodeURIComponent(id)}`, options.roomUrl).href,
    forgetRefusal() {
      refusal = null
      changed()
    },
    /** The lines that the coming frame will be the first to show. Hand them to {@link shown} after it. */
    takeFresh(): readonly MessageLine[] {
      return fresh.splice(0)
    },
    /** @param at when the frame with these lines was on the screen; null when nobody could see it */
    shown(batch: readonly MessageLine[], at: number | null): void {
      for (const line of batch) {
        const startedAt = stopwatch.startOf(line.message.draftId)
        if (at === null || startedAt === null) {
          line.latency = 'untimed'
          continue
        }
        line.latency = at - startedAt
        latencies.add({ startedAt, ms: line.latency })
      }
      changed()
    },
    /** Begins a new measurement: an empty conversation, and all figures at 0. */
    reset(): void {
      lines = []
      earlier.forget()
      fresh = []
      pending = pending.filter(({ accepted }) => !accepted)
      latencies.clear()
      zero = totals()
      changed()
    },
    close(): void {
      isClosed = true
      client.close()
    },
  }
}
