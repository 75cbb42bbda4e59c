/**
 * A peer: the other end of a connection, as far as a room has to know of it.
 *
 * Whatever has carried it here, HTTP or a socket of its own, is named by nothing in this file. So a transport
 * without HTTP comes in by the same gateway as the others, and a connection that lasts for hours keeps these three
 * fields alive and not the request that it began with (docs/decisions/036-peer.md).
 */
import type { Caller } from '../../people/caller.ts'
import type { ReadersOnWire } from '../../wires/view/readers-on-wire.ts'

export interface Peer {
  /** The client's address, as far as trusted proxies can tell it (lab/server/limits/trust.ts). */
  readonly address: string
  /**
   * What the peer has proven about who it is. Not the secret by which it did: that is looked at once, and a
   * session that ends later says so itself ({@link Session.isOver}).
   */
  readonly credentials: Caller
  /** By which its leases are known from one connection to the next; null for a peer that is not counted as present. */
  readonly clientId: string | null
  /** The lane's connection that it has come by: told of each reader, so that its view can say how far that one is behind. */
  readonly wire?: ReadersOnWire | undefined
}
