/** What a connection of HTTP/1.1 knows of the answers that are due on it, ours (held.ts) and Node's. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What those are told who wait for the end of a response: as much of it as they may look at. */
export type Answered = Pick<ServerResponse, 'headersSent' | 'statusCode'>

/** An answer that is due and of which Node does not know: a held one, as its socket sees it. */
export interface Due {
  /** Whether some of it has been written. */
  readonly hasBegun: boolean
  /** Takes the socket from a response that came behind this one. */
  queue(response: ServerResponse): void
  /** The connection has closed. */
  closed(): void
}

/** Under which a socket has the answer that is due, as long as one is. */
export const HELD = Symbol('held answer')

export type HttpSocket = Socket & {
  [HELD]?: Due | null
  /** Node's: the response that writes to this socket now. Another one waits for as long as there is one. */
  _httpMessage?: ServerResponse | StandIn | null
}

/**
 * In the place of a response that writes to the socket, when there is none but an answer is due. Node asks of it no
 * more than this.
 */
interface StandIn {
  readonly finished: boolean
  emit(): boolean
}
export const STAND_IN: StandIn = { finished: false, emit: () => false }

/** Whether an answer is due on this connection that Node does not know of. */
export const isHeld = (socket: Socket): boolean => (socket as HttpSocket)[HELD] != null

/** Whether an answer on this connection has begun and is not complete: nothing else must be written to it. */
export function isMidAnswer(socket: Socket): boolean {
  const { [HELD]: held, _httpMessage: message } = socket as HttpSocket
  if (held) return held.hasBegun
  return message ? 'headersSent' in message && message.headersSent && !message.writableEnded : false
}
