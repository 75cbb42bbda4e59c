import type { FastifyPluginAsync } from 'fastify'
import type { Hub } from '../hub/hub.ts'
import type { Admit } from './rate-limit.ts'

/** What the server half of a transport is handed. */
export interface Lab {
  readonly hub: Hub
  /** Call it before what does not come by POST is published; posts have been counted already. */
  readonly admit: Admit
  /** Whether to compress what goes to many readers, where once is enough for all of them. */
  readonly compress?: boolean
  /** Milliseconds between two signs of life on a connection that stays open; the transport's own number unless given. */
  readonly heartbeatMs?: number | undefined
  /** Aborts when the server begins to close: say goodbye to every reader that is still waiting. */
  readonly stopping: AbortSignal
}

/**
 * The server half of a transport: an ordinary Fastify plugin, mounted under
 * `/transports/NAME/rooms/ROOM/` and handed the one lab that everybody shares.
 */
export type ServerTransport = FastifyPluginAsync<Lab>
