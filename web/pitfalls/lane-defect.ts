/** What a lane is made of while a pitfall is on in it. */
import type { Settings, Transport } from '../../lab/client/transport.ts'

export interface LaneDefect {
  /** Where the defective server half is, without `/rooms/ROOM/`; null when only the client has the defect. */
  readonly path: string | null
  wrap(transport: Transport, settings: Settings): Transport
  /** See {@link ChatClientOptions.backoffMs}; as usual unless given. */
  readonly backoffMs?: (attempt: number) => number
}
