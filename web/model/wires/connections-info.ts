/** The server's view: each connection of this visitor, as `GET /wires/connections` tells it. */

import type { ConnectionsView, ConnectionView } from '../../../lab/wires/control.ts'

export interface ServedConnection extends Omit<ConnectionView, 'id' | 'alpn'> {
  /** As it stands in its address. */
  readonly id: string
}

export interface ConnectionsInfo extends Omit<ConnectionsView, 'connections'> {
  readonly connections: readonly ServedConnection[]
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
