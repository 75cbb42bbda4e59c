import type { FastifyPluginAsync } from 'fastify'
import type { Clock } from '../../wire/clock.ts'
import type { TransportWatch } from '../observe/watch.ts'
import type { Door } from './door.ts'

/** What the server half of a transport is handed. */
export interface Lab {
  /** Lets readers and writers into the room that a request names, if they may. */
  readonly door: Door
  /** Whether to compress what goes to many readers, where once is enough for all of them. */
  readonly compress?: boolean
  /** What heartbeats go by. */
  readonly clock: Clock
  /** What this transport tells of itself: it counts here what it hands to its readers. */
  readonly watch: TransportWatch
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
