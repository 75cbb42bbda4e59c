/**
 * The chat, over any transport.
 *
 * A transport opens one connection. All that makes a conversation out of connections that
 * break is here, once: coming back after a loss, going on where it stopped, finding lines
 * that have died without a word, and keeping what was written until it has arrived.
 */
import { ChatError, type ChatErrorCode } from '../wire/errors.ts'
import type { ChatMessage, Cursor, Note } from '../wire/message.ts'
import type { Here } from '../wire/presence.ts'
import { backoff, backoffBound, MIN_UPTIME_MS, retryAfterMs } from './backoff.ts'
import { createLedger, type Gap } from './ledger.ts'
import { createListeners } from './listeners.ts'
import { createOutbox } from './outbox.ts'
import { type Platform, pause, randomId } from './platform.ts'
import { createPresence, type PresenceOptions } from './presence.ts'
import { type News, NO_SIGNALS } from './signals.ts'
import type { Connection, Switch, Transport } from './transport.ts'

export type ConnectionState =
  | { readonly status: 'idle' }
  | { readonly status: 'connecting'; readonly attempt: number }
  | { readonly status: 'open' }
  | {
      readonly status: 'waiting'
      readonly retryInMs: number
      /** The wait was drawn at random, up to this; not before the time that the server has asked for, if it has. */
      readonly upToMs: number
      /** `offline` for as long as the platform says so, whatever it was that broke. */
      readonly cause: ChatError
    }
  | { readonly status: 'closed'; readonly cause: ChatError | null }

export interface Figures {
  readonly received: number
  /** Messages that came again and were not shown. */
  readonly duplicates: number
  /** Messages that never came, as far as holes in `seq` tell. */
  readonly lost: number
  readonly gaps: number
  /** How often the connection was opened again. */
  readonly reconnects: number
}

export interface ChatClient {
  readonly state: ConnectionState
  readonly figures: Figures
  /** Where a later client could resume. */
  readonly cursor: Cursor | null
  /** Messages written and not yet accepted. */
  readonly unsent: number
  /** Who is in the room, as the server last said; null until it has, and without {@link ChatClientOptions.presence}. */
  readonly here: Here | null
  /** Starts, or goes on after {@link ChatClient.disconnect}. Does nothing when already under way. */
  connect(): void
  /** Tries again now, if it waits for its time. */
  retry(): void
  /** Hangs up and stays away. What was written is kept; `connect` resumes where reading stopped. */
  disconnect(): void
  /**
   * Resolves when the hub has accepted the message, even if that is only after a reconnect.
   *
   * @param draftId names the message before the server does; a fresh random one unless given
   * @param note what it does to another message: an edit or a removal
   * @throws ChatError when the hub refuses it, or the client is closed first
   */
  send(text: string, draftId?: string, note?: Note): Promise<ChatMessage>
  /** Each message once, in order, whatever happens to the connection. Returns how to stop listening. */
  onMessage(listener: (message: ChatMessage) => void): () => void
  onState(listener: (state: ConnectionState) => void): () => void
  /** Messages are missing here and cannot be had any more. */
  onGap(listener: (gap: Gap) => void): () => void
  /** Who is here has changed. What is told is the whole, so that nothing need be remembered. */
  onHere(listener: (here: Here) => void): () => void
  /** Its id of now, of {@link ChatClientOptions.presence}: another one after it has left. Null for a client that is not counted. */
  readonly clientId: string | null
  /**
   * The rooms of the person who has signed in are others now, or their role in one is; see `rooms` of a page. Told
   * once after connecting, too. Needs {@link ChatClientOptions.presence}.
   */
  onRooms(listener: (version: number) => void): () => void
  /** Which transport carries the chat from now on, and why. Told only by one that chooses among others. */
  onSwitch(listener: (taken: Switch) => void): () => void
  /** The user types: call it for every key. The others see it for some seconds. */
  typing(): void
  /** For good: nothing is left running, and what was not sent is rejected. */
  close(): void
}

export interface ChatClientOptions {
  /** The room under this transport, with a slash at the end. */
  readonly baseUrl: URL
  /** Read again for each message: people change their names. */
  readonly author: string
  readonly platform: Platform
  /** Where to begin; null, the default, asks for all that the log still holds. */
  readonly since?: Cursor | null
  /** To be counted among those who are here, and to be told who they are. */
  readonly presence?: PresenceOptions
  /** A line that gives no sign of life for this long is dead: twice the servers' heartbeat. Read again at each sign of life. */
  readonly silenceMs?: number
  /** The wait before retry number `attempt`, counted from 0. */
  readonly backoffMs?: (attempt: number) => number
}

export const SILENCE_MS = 30_000
/** What an answer may take on top of the time for which it was agreed to keep quiet. */
const TRAVEL_MS = 5_000

export function createChatClient(transport: Transport, options: ChatClientOptions): ChatClient {
  const { baseUrl, platform } = options
  const { clock, random, signals = NO_SIGNALS } = platform
  const backoffMs = options.backoffMs ?? ((attempt: number) => backoff(attempt, random))
  const messages = createListeners<ChatMessage>()
  const states = createListeners<ConnectionState>()
  const gaps = createListeners<Gap>()
  const switches = createListeners<Switch>()
  const ledger = createLedger(options.since ?? null)
  const outbox = createOutbox(platform)
  const presence = createPresence(options.presence ?? null, clock)
  let state: ConnectionState = { status: 'idle' }
  let session: AbortController | null = null
  let opened = 0
  /** Failures in a row; the wait grows with them. */
  let attempt = 0
  /** Of the connection that is open or being opened. */
  let link: AbortController | null = null
  /** Ends the wait for the next try, which is due at `dueAt`. */
  let wake: (() => void) | null = null
  let dueAt = 0

  function setState(next: ConnectionState): void {
    state = next
    states.tell(next)
  }

  /** Keeps a connection open until `life` ends or the server says no. */
  async function run(life: AbortSignal): Promise<void> {
    attempt = 0
    const stopListening = signals.onNews(heed)
    life.addEventListener('abort', stopListening)
    while (!life.aborted) {
      setState({ status: 'connecting', attempt })
      let openSince = Number.POSITIVE_INFINITY
      const broken = await useOneConnection(life, () => (openSince = clock.now()))
      if (life.aborted) return
      const mayAskAgain = openSince < Number.POSITIVE_INFINITY && LOST_ACCESS.has(broken.code)
      if (!broken.retryable && !mayAskAgain) return end(broken)
      // Only a connection that has lasted earns a fresh start.
      if (clock.now() - openSince >= MIN_UPTIME_MS) attempt = 0
      // Not before the server wants it, and then not all of its clients in the same instant.
      const askedMs = retryAfterMs(broken)
      const retryInMs = askedMs + backoffMs(attempt)
      dueAt = clock.now() + retryInMs
      setState({
        status: 'waiting',
        retryInMs,
        upToMs: Math.max(retryInMs, askedMs + backoffBound(attempt++)),
        cause: signals.isOnline ? broken : offline(),
      })
      await waitUntilWoken(retryInMs, life)
    }
  }

  async function waitUntilWoken(ms: number, life: AbortSignal): Promise<void> {
    const woken = new AbortController()
    const mine = () => woken.abort()
    wake = mine
    await pause(clock, ms, AbortSignal.any([life, woken.signal]))
    if (wake === mine) wake = null // another run may have begun to wait
  }

  /**
   * What is open when the network goes is given up at once: a dead line looks like a quiet one, and would for
   * half a minute. It is tried again all the same, since the platform is wrong about servers on the same machine.
   */
  function heed(news: News): void {
    if (news === 'offline') {
      link?.abort(offline())
      if (state.status === 'waiting') setState({ ...state, retryInMs: dueAt - clock.now(), cause: offline() })
      return
    }
    // What failed without a network says nothing about the server.
    if (news === 'online') attempt = 0
    wake?.()
  }

  /** Opens one connection and reads it to its end; returns why it ended. */
  async function useOneConnection(life: AbortSignal, onOpen: () => void): Promise<ChatError> {
    const mine = new AbortController()
    link = mine
    const signal = AbortSignal.any([life, mine.signal])
    const watchdog = createWatchdog(() =>
      mine.abort(new ChatError('silent', 'the server has given no sign of life')),
    )
    let stopSending = () => {}
    let stopSigning = () => {}
    try {
      const connection = await transport.open({
        baseUrl,
        since: ledger.cursor,
        clientId: presence.clientId,
        signal,
        platform,
        onActivity: watchdog.onActivity,
        pause: (ms) => pause(clock, ms, signal),
        onSwitch: switches.tell,
      })
      if (signal.aborted) throw signal.reason
      onOpen()
      opened++
      setState({ status: 'open' })
      stopSigning = presence.open(connection)
      stopSending = outbox.open(connection)
      await read(connection, signal, watchdog.onActivity)
      return new ChatError('unreachable', 'the server ended the connection')
    } catch (thrown) {
      return ChatError.from(signal.aborted ? signal.reason : thrown)
    } finally {
      watchdog.stop()
      stopSigning()
      stopSending()
      mine.abort()
      if (link === mine) link = null
    }
  }

  async function read(connection: Connection, signal: AbortSignal, onActivity: () => void): Promise<void> {
    for await (const page of connection) {
      if (signal.aborted) throw signal.reason
      onActivity()
      presence.take(page)
      const { fresh, gap } = ledger.enter(page)
      if (gap) gaps.tell(gap)
      for (const message of fresh) {
        messages.tell(message)
      }
    }
  }

  /** Times out when nothing has been heard for too long. */
  function createWatchdog(onTimeout: () => void) {
    const silenceMs = () => options.silenceMs ?? SILENCE_MS
    let cancel = clock.after(silenceMs(), onTimeout)
    let isWatching = true
    return {
      onActivity(quietMs = 0) {
        // A socket that has been given up may still deliver: that must not set the timer again.
        if (!isWatching) return
        cancel()
        const agreedMs = quietMs > 0 ? quietMs + TRAVEL_MS : 0
        cancel = clock.after(Math.max(silenceMs(), agreedMs), onTimeout)
      },
      stop() {
        isWatching = false
        cancel()
      },
    }
  }

  function end(cause: ChatError | null): void {
    if (state.status === 'closed') return
    session?.abort(new ChatError('closed', 'the client was closed'))
    presence.leave()
    outbox.close(cause ?? undefined)
    setState({ status: 'closed', cause })
  }

  return {
    get state() {
      return state
    },
    get figures() {
      const { received, duplicates, lost, gaps } = ledger
      return { received, duplicates, lost, gaps, reconnects: Math.max(0, opened - 1) }
    },
    get cursor() {
      return ledger.cursor
    },
    get unsent() {
      return outbox.unsent
    },
    get here() {
      return presence.here
    },
    get clientId() {
      return presence.clientId
    },
    connect() {
      if (state.status !== 'idle') return
      session = new AbortController()
      void run(session.signal)
    },
    disconnect() {
      if (state.status === 'idle' || state.status === 'closed') return
      session?.abort(new ChatError('closed', 'disconnected'))
      presence.leave()
      setState({ status: 'idle' })
    },
    retry: () => wake?.(),
    send(text, draftId = randomId(), note) {
      presence.sent()
      return outbox.put({ draftId, author: options.author, text, ...(note && { note }) })
    },
    onMessage: messages.add,
    onState: states.add,
    onGap: gaps.add,
    onSwitch: switches.add,
    onHere: presence.onHere,
    onRooms: presence.onRooms,
    typing: presence.typing,
    close: () => end(null),
  }
}

/**
 * Why an open connection is ended whose reader may not read on as it did. Whether it may read at all, and if not, why,
 * is what the next request is told, and on all transports the same: a stream or a held poll has no place to say it, and
 * who has signed out may go on as a visitor where the room is open to all.
 */
const LOST_ACCESS: ReadonlySet<ChatErrorCode> = new Set(['not-signed-in', 'not-allowed', 'not-found'])

const offline = () => new ChatError('offline', 'this device has no network')
