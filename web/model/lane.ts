/**
 * A lane: one chat client, what a person sees of its conversation, and its figures.
 * It knows no document; the element that draws it says when a line has been on the screen.
 */

import { type ConnectionState, createChatClient, SILENCE_MS } from '../../lab/client/chat-client.ts'
import { type Platform, randomId } from '../../lab/client/platform.ts'
import type { Switch, Transport } from '../../lab/client/transport.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import type { Draft, Note } from '../../lab/wire/message.ts'
import { isolated } from '../../lab/wire/names.ts'
import type { Here } from '../../lab/wire/presence.ts'
import { asWritten } from './as-written.ts'
import { countRequests } from './figures/counting.ts'
import type { Latencies } from './figures/latencies.ts'
import type { Stopwatch } from './figures/stopwatch.ts'
import { createEvidence, type Evidence } from './ledger/evidence.ts'
import { createLines, type EarlierLines, type Line, type MessageLine } from './lines.ts'
import { createWriting, type Editing, type Letter, type Writing } from './writing.ts'

/** What a removal says to readers that do not know what a removal is. */
const REMOVED = '(removed)'

/** What takes longer from receipt to the screen has waited for the page: a drawing of a rush and a frame and a half, in milliseconds. */
const PAGE_MS = 75

/** Written here and not yet come back as a message. */
export interface Pending extends Letter {
  /** The server has it; this lane has not read it yet. */
  accepted: boolean
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
  /** Read again for each message. */
  readonly author: () => string
  readonly platform: Platform
  readonly stopwatch: Stopwatch
  readonly latencies: Latencies
  /** Whether the page is so busy now that what is shown has waited for it; it is not unless given. */
  readonly isPageBusy?: () => boolean
  /** Whether the lane is counted among those who are here, and shows who else is; not unless given. */
  readonly present?: boolean
  /** How long it may hear nothing before it gives its connection up; as usual unless given. */
  readonly silenceMs?: () => number
  /** As {@link createChatClient} takes it; lanes that share one come back together. */
  readonly backoffMs?: (attempt: number) => number
  /** The rooms of the person who has signed in are others now; told with a number that tells two changes apart. */
  readonly onRooms?: (version: number) => void
  /** Where what is written stays until it is sent, also when the lane is gone; a place of its own unless given. */
  readonly writing?: Writing
  /** The writer; a visitor unless given. */
  readonly writer?: Writer
  /** Something has happened after which {@link writer} may be another: a refusal that says so, or another server. */
  readonly onDoubt?: (refused: ChatError | null) => void
  /** Something to be drawn has changed. */
  readonly onChange: () => void
}

/** Who writes, apart from the name, as far as the page knows. */
export interface Writer {
  /** '' for a visitor. */
  readonly id: () => string
  /** Resolves when no request about it is under way. */
  readonly settled: () => Promise<void>
}

export type { Editing } from './writing.ts'

export type Lane = ReturnType<typeof createLane>

export function createLane(options: LaneOptions) {
  const { baseUrl, stopwatch, latencies, writer, onDoubt = () => {}, onChange } = options
  const writing = options.writing ?? createWriting()
  const { clock } = options.platform
  let requests = 0
  let pending: Pending[] = []
  /** Lines that no frame has shown yet. */
  let fresh: MessageLine[] = []
  /** Of the letter that is being handed to the client. */
  let author = ''
  let retryAt = 0
  let wanted = false
  let parked: string | null = null
  let hasBeenOpen = false
  let choice: Switch | null = null
  let isClosed = false
  /** It is out of sight for good: it closes when all is sent. */
  let isLeft = false
  /** Another lane sends what this one has not. */
  let isHandedOver = false

  const platform = countRequests(options.platform, () => {
    requests++
    changed()
  })
  const evidence = createEvidence(clock)
  const client = createChatClient(evidence.watched(asWritten(options.transport, checkWriter)), {
    baseUrl,
    platform,
    get author() {
      return author
    },
    get silenceMs() {
      return options.silenceMs?.() ?? SILENCE_MS
    },
    ...(options.backoffMs && { backoffMs: options.backoffMs }),
    ...(options.present && { presence: { clientId: randomId() } }),
  })
  let zero = totals()
  const lines = createLines({
    url: new URL('messages', options.roomUrl),
    platform: options.platform,
    onChange: changed,
  })

  client.onMessage((message) => {
    pending = pending.filter(({ draftId }) => draftId !== message.draftId)
    const { note } = message
    if (note?.kind === 'edited') writing.overtake(note.seq, { by: message.author, text: message.text })
    if (note?.kind === 'removed') writing.overtake(note.seq, { by: message.author, text: null })
    const line: MessageLine = lines.addMessage(message, clock.now())
    // What this page has not published is never timed: it is drawn once, and not again after it was on the screen.
    if (stopwatch.startOf(message.draftId) === null) line.latency = 'untimed'
    fresh.push(line)
  })
  client.onGap(({ lost }) => {
    lines.addGap(lost)
    onDoubt(null) // it may be another server, which knows none of its people
  })
  client.onHere(changed)
  client.onSwitch((taken) => {
    choice = taken
    changed()
  })
  client.onRooms((version) => options.onRooms?.(version))
  client.onState((state) => {
    evidence.onState(state)
    if (state.status === 'waiting') retryAt = clock.now() + state.retryInMs
    // Before anything is sent by it: what has waited is checked against the answer.
    if (state.status === 'open' && hasBeenOpen) onDoubt(null)
    hasBeenOpen ||= state.status === 'open'
    if (state.status === 'closed' && state.cause) onDoubt(state.cause)
    changed()
  })

  function changed(): void {
    if (!isClosed) onChange()
  }

  function totals(): LaneFigures {
    const { received, duplicates, lost, reconnects } = client.figures
    return { requests, messages: received, duplicates, lost, reconnects }
  }

  /** @throws ChatError when the page is no longer of the one who wrote it */
  async function checkWriter({ draftId, author }: Draft): Promise<void> {
    await writer?.settled()
    const as = pending.find((one) => one.draftId === draftId)?.as
    if (!writer || as === undefined || as === writer.id()) return
    if (as !== '') {
      throw new ChatError(
        'not-signed-in',
        `this was written as ${isolated(author)}, who is no longer signed in here`,
      )
    }
    // The person who has come to hold this name sends it as their own.
    const name = options.author()
    if (name.toLowerCase() === author.toLowerCase()) return
    throw new ChatError(
      'not-allowed',
      `this was written unsigned as ${isolated(author)}, and you are ${isolated(name)} here by now`,
    )
  }

  /** @param isNew whether it has just been written */
  async function post(letter: Letter, isNew: boolean): Promise<void> {
    const draft: Pending = { ...letter, accepted: false }
    // What is written offline waits here, and would be charged to lanes that did nothing wrong.
    if (isNew && client.state.status === 'open') stopwatch.start(draft.draftId, clock.now())
    pending = [...pending, draft]
    author = letter.author
    try {
      const sending = client.send(letter.text, letter.draftId, letter.note)
      changed()
      await sending
      draft.accepted = true
      evidence.onSent(draft.draftId)
    } catch (thrown) {
      if (isHandedOver) return
      pending = pending.filter((one) => one !== draft)
      const error = ChatError.from(thrown)
      // No person wrote the text of a removal, so it is not given back.
      writing.giveBack(letter.note?.kind === 'removed' ? '' : letter.text, error, letter.edit)
      onDoubt(error)
    }
    if (isLeft && client.unsent === 0) end()
    changed()
  }

  function say(text: string, note?: Note, edit: Editing | null = null): Promise<void> {
    const [as, name] = [writer?.id() ?? '', options.author()]
    return post({ draftId: randomId(), text, author: name, as, edit, ...(note && { note }) }, true)
  }

  function end(): void {
    isClosed = true
    client.close()
    if (isLeft && !isHandedOver) writing.leave(null)
  }

  for (const letter of writing.takeOver()) void post(letter, false)

  return {
    get state(): ConnectionState {
      return client.state
    },
    /** When the next attempt is due, by the page's clock; only while the state is `waiting`. */
    get retryAt() {
      return retryAt
    },
    /** What a transport that chooses among others has chosen last; null before that, and on any other transport. */
    get choice(): Switch | null {
      return choice
    },
    /** Whether a person wants this lane to be connected. */
    get wanted() {
      return wanted
    },
    get lines(): readonly Line[] {
      return lines.all
    },
    /** Said before the first of {@link lines}, as far as the reader has asked for it. */
    get earlier(): EarlierLines {
      return lines.earlier
    },
    showEarlier: () => lines.showEarlier(client.cursor),
    hold: lines.hold,
    toNewest: lines.toNewest,
    get heldBack() {
      return lines.heldBack
    },
    /** By which a server knows this lane's reader, from one connection to the next; null for one that is not counted. */
    get tab(): string | null {
      return client.clientId
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
    /** What is written here and not sent yet. */
    writing,
    /** The last draft that the server would not take, and why. */
    get refusal() {
      return writing.refusal
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
    /** With which the lane is held against the server's log, and its way through a fault is timed. */
    get evidence(): Pick<Evidence, 'tally' | 'sent' | 'signs'> {
      return evidence
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
     * The page goes out of sight for good, or may come back: it has no reader until {@link wake}.
     *
     * @param why what a person who sees it all the same is told
     */
    sleep(why: string | null = null) {
      parked = wanted ? why : null
      client.disconnect()
      changed()
    },
    wake() {
      parked = null
      if (wanted) client.connect()
      changed()
    },
    /** The edit that the next {@link send} sends; null for a new message. */
    get editing() {
      return writing.editing
    },
    edit(what: Editing | null) {
      writing.edit(what)
      changed()
    },
    /** Takes what was said out of the log, for everybody. */
    remove: (seq: number) => say(REMOVED, { kind: 'removed', seq }),
    /** Sends what is in the box. Resolves, without an error, when it has been accepted or refused. */
    send(text: string): Promise<void> {
      const edit = writing.take()
      return say(text, edit ? { kind: 'edited', seq: edit.seq } : undefined, edit)
    },
    /** Puts a text that was kept back into the box. */
    takeUp(key: number) {
      writing.takeUp(key)
      changed()
    },
    discard(key: number) {
      writing.discard(key)
      changed()
    },
    /** Where a file of this room is. */
    fileUrl: (id: string) => new URL(`files/${encodeURIComponent(id)}`, options.roomUrl).href,
    forgetRefusal() {
      writing.forgetRefusal()
      changed()
    },
    /** The lines that the coming frame will be the first to show. Hand them to {@link shown} after it. */
    takeFresh(): readonly MessageLine[] {
      return fresh.splice(0)
    },
    /** @param at when the frame with these lines was on the screen; null when it was out of sight */
    shown(batch: readonly MessageLine[], at: number | null): void {
      const timed = batch.filter(({ latency }) => latency === 'awaited')
      for (const line of timed) {
        const startedAt = stopwatch.startOf(line.message.draftId)
        if (at === null || startedAt === null) {
          line.latency = 'untimed'
          continue
        }
        line.latency = at - startedAt
        const pageMs = at - (line.receivedAt ?? at)
        const isPages = pageMs > PAGE_MS || options.isPageBusy?.() === true
        line.isPages = isPages
        latencies.add({ startedAt, ms: line.latency, pageMs, isPages })
      }
      if (timed.length > 0) changed()
    },
    /** Begins a new measurement: an empty conversation, and all figures at 0. */
    reset(): void {
      lines.clear()
      fresh = []
      pending = pending.filter(({ accepted }) => !accepted)
      latencies.clear()
      evidence.reset()
      zero = totals()
      changed()
    },
    /**
     * The room is not looked at any more. What was written in it is still sent, in it and as the one who wrote it;
     * if the room is opened again before, the lane there goes on with it.
     */
    leave(): void {
      isClosed = true
      isLeft = true
      if (client.unsent === 0) end()
      else
        writing.leave({
          handOver() {
            isHandedOver = true
            const letters = pending.filter(({ accepted }) => !accepted)
            end()
            return letters
          },
          sleep: client.disconnect,
          wake() {
            if (wanted) client.connect()
          },
        })
    },
    /** For good: what was not sent is given back. */
    close: end,
  }
}
