import type { FastifyPluginAsync } from 'fastify'
import type { Hub } from '../hub/hub.ts'

/** What the server half of a transport is handed. */
export interface Lab {
  readonly hub: Hub
  /** Aborts when the server begins to close: say goodbye to every reader that is still waiting. */
  readonly stopping: AbortSignal
}

/**
 * The server half of a transport: an ordinary Fastify plugin, mounted under
 * `/transports/NAME/rooms/ROOM/` and handed the one lab that everybody shares.
 */
export type ServerTransport = FastifyPluginAsync<Lab>
