import type { ChatMessage, Cursor, Draft, Page } from '../wire/message.ts'
import type { PresenceUpdate } from '../wire/presence.ts'
import type { Platform } from './platform.ts'

/**
 * One way of carrying the chat, seen from the client.
 *
 * A transport knows how to open one connection, and nothing about what happens when it
 * breaks: retrying, resuming and reporting are the chat client's business and are written
 * once (chat-client.ts).
 */
export interface Transport {
  /**
   * Opens a connection; resolves once the server has accepted it.
   *
   * Aborting `signal` is the only way to stop: it rejects a pending `open`, ends the
   * iteration, and releases whatever the connection holds.
   *
   * @throws ChatError, or the signal's reason
   */
  open(options: OpenOptions): Promise<Connection>
}

/**
 * An open connection. Iterate it, once, to receive; the iteration ends when the server ends
 * the connection and throws when it breaks.
 */
export interface Connection extends AsyncIterable<Page> {
  /**
   * Resolves when the hub has accepted the draft.
   *
   * @throws ChatError; when it is `retryable`, the draft may or may not have been accepted, and
   *   sending it again is safe
   */
  send(draft: Draft, signal: AbortSignal): Promise<ChatMessage>
  /**
   * Renews the reader's lease and tells the server what the reader does, if the connection has a client id.
   * Nothing is answered: the next renewal makes up for one that is lost.
   * `leaving` is the last word, told just after the signal has aborted: it must go all the same.
   */
  renewPresence(update: PresenceUpdate): void
}

export interface OpenOptions {
  /** The room under this transport, with a slash at the end: `…/transports/NAME/rooms/ROOM/`. */
  readonly baseUrl: URL
  /** Deliver what comes after this place; null asks for all that the log still holds. */
  readonly since: Cursor | null
  /** By which the server tells readers apart, to say who is here; null for a reader that is not to be counted. */
  readonly clientId: string | null
  readonly signal: AbortSignal
  readonly platform: Platform
  /**
   * Call it at every sign of life, so that a quiet room can be told from a dead line.
   *
   * @param quietMs how long it may rightly be quiet from now on, when that is agreed
   */
  readonly onActivity: (quietMs?: number) => void
  /** Waits; returns early when the connection is given up. */
  readonly pause: (ms: number) => Promise<void>
  /** Told by a transport that chooses among others, when it has chosen. */
  readonly onSwitch?: (taken: Switch) => void
}

/** Which transport carries the chat from now on, and what was tried before. */
export interface Switch {
  /** The folder's name of the one that carried it so far; null at first. */
  readonly from: string | null
  /** The same as `from` when others were tried, and it is still the one that works. */
  readonly to: string
  /** Those that were tried and do not work, or were given up, in this order. */
  readonly tried: readonly Try[]
  /** From the first try to the connection that works, in milliseconds. */
  readonly tookMs: number
}

export interface Try {
  readonly name: string
  /** Why it is not the one, as the end of a sentence that begins with its name and a colon. */
  readonly why: string
}

/**
 * What may be turned while a transport runs: numbers by the name that the transport's descriptor gives them
 * (durations in milliseconds). Each transport reads its own, whenever it needs it, and has a usual value for none.
 */
export type Settings = Readonly<Record<string, number | undefined>>

/** What a transport's `client.ts` exports by default. */
export type TransportFactory = (settings?: Settings) => Transport
