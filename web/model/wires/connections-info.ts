/** The server's view: each connection of this visitor, as `GET /wires/connections` tells it. */

export interface ServedConnection {
  readonly id: string
  readonly lane: string
  /** In milliseconds since the Unix epoch, by the server's clock. */
  readonly since: number
  /** Bytes, as they stood on the wire. */
  readonly toServer: number
  readonly toClient: number
  /** What the server has written and the reader has not taken, in bytes. */
  readonly heldBytes: number
  /** How many messages the reader is behind the log; null where the server cannot know. */
  readonly cursorLag: number | null
}

export interface LaneTotals {
  readonly lane: string
  readonly opened: number
  readonly toServer: number
  readonly toClient: number
}

export interface ConnectionsInfo {
  /** The server's clock when it answered. */
  readonly now: number
  readonly connections: readonly ServedConnection[]
  /** Of other visitors: how many, and nothing else. */
  readonly others: number
  /** Of each lane, all connections of this visitor since the server was started, those that have ended too. */
  readonly totals: readonly LaneTotals[]
}

/**
 * @param fallback the page's time of day, for a server that does not say its own
 * @throws TypeError when it is no object at all
 */
export function connectionsInfoOf(value: unknown, fallback = 0): ConnectionsInfo {
  if (typeof value !== 'object' || value === null)
    throw new TypeError('the server’s word on its connections is no object')
  const { now, connections, others, totals } = value as Record<string, unknown>
  return {
    now: numberOf(now) || fallback,
    others: numberOf(others),
    connections: rowsOf(connections, 'id').map((row) => ({
      id: String(row.id),
      lane: String(row.lane),
      since: numberOf(row.since),
      toServer: numberOf(row.toServer),
      toClient: numberOf(row.toClient),
      heldBytes: numberOf(row.heldBytes),
      cursorLag: typeof row.cursorLag === 'number' ? row.cursorLag : null,
    })),
    totals: rowsOf(totals, 'lane').map((row) => ({
      lane: String(row.lane),
      opened: numberOf(row.opened),
      toServer: numberOf(row.toServer),
      toClient: numberOf(row.toClient),
    })),
  }
}

const rowsOf = (value: unknown, key: 'id' | 'lane'): Readonly<Record<string, unknown>>[] =>
  (Array.isArray(value) ? value : []).filter((row) => ['string', 'number'].includes(typeof row?.[key]))

const numberOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
