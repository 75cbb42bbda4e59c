/** A defect of a client: what becomes of a sound transport, in a program or in a browser. */
import type { Connection, OpenOptions, Settings, Transport } from '../../client/transport.ts'
import type { DefectWords } from '../said.ts'

export interface ClientDefect extends DefectWords {
  /** @param settings of the transport, read again each time */
  wrap(transport: Transport, settings?: Settings): Transport
  /** The wait before retry number `attempt`, from 0, in milliseconds; as usual unless given. */
  readonly backoffMs?: (attempt: number) => number
}

/** The same connection, but for these members. */
export const overConnection = (connection: Connection, parts: Partial<Connection>): Connection => ({
  send: (draft, signal) => connection.send(draft, signal),
  renewPresence: (update) => connection.renewPresence(update),
  [Symbol.asyncIterator]: () => connection[Symbol.asyncIterator](),
  ...parts,
})

/** The transport, asked to open otherwise than its client wants. */
export const openedWith = (
  transport: Transport,
  alter: (options: OpenOptions) => Partial<OpenOptions>,
): Transport => ({ open: (options) => transport.open({ ...options, ...alter(options) }) })

/** The transport, with each of its connections altered. */
export const withConnections = (
  transport: Transport,
  alter: (connection: Connection, options: OpenOptions) => Partial<Connection>,
): Transport => ({
  async open(options) {
    const connection = await transport.open(options)
    return overConnection(connection, alter(connection, options))
  },
})
