/** What a connection becomes by its first line: the part that programs and people have in common. */
import type { Socket } from 'node:net'
import type { Heartbeats } from '../../lab/server/transport-kit/heartbeats.ts'
import type { TcpLab } from '../../lab/server/transport-kit/server-transport.ts'
import type { Stopping } from '../../lab/server/transport-kit/shutdown.ts'
import type { ChatError } from '../../lab/wire/errors.ts'

/** What all connections share. */
export interface Shared {
  readonly lab: TcpLab
  readonly heartbeats: Heartbeats
  readonly heartbeatMs: number
  readonly shutdownListeners: Set<Stopping>
}

export interface Session {
  /** A whole line has come. @throws ChatError when it ends the connection */
  onLine(line: string): void
  /** Says the last word. */
  tell(why: ChatError): void
  /** Nothing is left behind in the room; may be called twice. */
  stop(): void
}

/** The connection that a session is served on, as the session sees it. */
export interface Connection {
  readonly socket: Socket
  readonly shared: Shared
  /** Whether the greeting was written before the first line came. */
  readonly isGreeted: boolean
  /** From now on, lines may be this long, in bytes. */
  allow(maxBytes: number): void
  /** Says why, and closes. */
  closeWithError(why: ChatError): void
  /** What was written still goes out; nothing more is read. */
  close(): void
}
