/**
 * The ledger of a page: each lane held against the server's log, and what its messages have cost.
 *
 * Each look asks the server twice, for the log and for its connections, by requests that belong to no lane.
 */
import type { Platform } from '../../../lab/client/platform.ts'
import type { LaneTotal } from '../../../lab/wires/control.ts'
import type { ConnectionsInfo, ServedConnection } from '../wires/connections-info.ts'
import { type Compared, compare } from './compare.ts'
import type { Evidence } from './evidence.ts'
import { createServerLog, type ServerLog } from './server-log.ts'

/** As much of a lane of the page as the ledger needs. */
export interface LedgerLane {
  readonly name: string
  readonly evidence: Pick<Evidence, 'tally' | 'sent'>
  /** HTTP requests since the page was opened, or since its last reset. */
  readonly requests: number
}

export interface LedgerRow extends Compared {
  readonly name: string
  /** Since this ledger began to look; null before a message has come. */
  readonly requestsPerMessage: number | null
  /** Both ways and with everything, as it stood on the wire; null where the server cannot tell. */
  readonly bytesPerMessage: number | null
  /** Requests and bytes since then. */
  readonly requests: number
  readonly bytes: number | null
  /** Open now, and opened since then; null where the server cannot tell. */
  readonly connections: number | null
  readonly opened: number | null
}

export interface PageLedgerOptions {
  readonly platform: Pick<Platform, 'fetch' | 'clock'>
  /** Of the room's messages; another room is another ledger. */
  readonly url: () => URL
  readonly lanes: () => readonly LedgerLane[]
  readonly connections: () => Promise<ConnectionsInfo>
}

/** Where the counting of a lane began. */
interface Zero {
  readonly requests: number
  readonly messages: number
  readonly totals: LaneTotal | null
}

export type PageLedger = ReturnType<typeof createPageLedger>

export function createPageLedger({ platform, url, lanes, connections }: PageLedgerOptions) {
  let log: ServerLog | null = null
  let logUrl = ''
  let served: ConnectionsInfo | null = null
  let rows: readonly LedgerRow[] = []
  let problem: string | null = null
  const zeros = new Map<string, Zero>()
  /** Each connection as it was seen last, those that have ended too. */
  const seen = new Map<string, ServedConnection>()
  let isNew = true

  function logOf(room: URL): ServerLog {
    if (log === null || logUrl !== room.href) {
      log = createServerLog({ url: room, platform })
      logUrl = room.href
      isNew = true
    }
    return log
  }

  async function look(): Promise<void> {
    const here = logOf(url())
    const all = lanes()
    const bases = all.flatMap(({ evidence }) => evidence.tally.base ?? [])
    const [read, asked] = await Promise.allSettled([
      here.look(Math.min(...bases, Number.MAX_SAFE_INTEGER)),
      connections(),
    ])
    if (here !== log) return
    served = asked.status === 'fulfilled' ? asked.value : null
    for (const one of served?.connections ?? []) seen.set(one.id, one)
    problem =
      read.status === 'fulfilled' ? null : 'The server’s log cannot be read now: these figures are older.'
    if (problem !== null) return
    if (isNew) zeros.clear()
    isNew = false
    rows = lanes().map((lane) => rowOf(lane, here))
  }

  function rowOf({ name, evidence, requests }: LedgerLane, here: ServerLog): LedgerRow {
    const compared = compare(evidence.tally, here, evidence.sent)
    const totals = totalsOf(name)
    // A lane that was reset or opened again counts from 0: an older zero would be above it.
    const known = zeros.get(name)
    const isBehind = known && (known.requests > requests || known.messages > compared.delivered)
    const zero = known && !isBehind ? known : { requests, messages: compared.delivered, totals }
    zeros.set(name, zero)
    const messages = compared.delivered - zero.messages
    const asked = requests - zero.requests
    const bytes = totals && bytesOf(totals) - (zero.totals ? bytesOf(zero.totals) : 0)
    return {
      ...compared,
      name,
      requests: asked,
      bytes,
      requestsPerMessage: messages === 0 ? null : asked / messages,
      bytesPerMessage: messages === 0 || bytes === null ? null : bytes / messages,
      connections: served?.connections.filter(({ lane }) => lane === name).length ?? null,
      opened: totals && totals.opened - (zero.totals?.opened ?? 0),
    }
  }

  /** A server that does not add up those that have ended: then what was seen of each is added up here. */
  function totalsOf(name: string): LaneTotal | null {
    const told = served?.totals.find(({ lane }) => lane === name)
    if (told || !served || served.totals.length > 0) return told ?? null
    const own = [...seen.values()].filter(({ lane }) => lane === name)
    if (own.length === 0) return null
    const sum = (key: 'toServer' | 'toClient') => own.reduce((all, one) => all + one[key], 0)
    return { lane: name, opened: own.length, toServer: sum('toServer'), toClient: sum('toClient') }
  }

  return {
    look,
    get rows() {
      return rows
    },
    /** What the server said of its connections when it was asked last; null when it does not say. */
    get served(): ConnectionsInfo | null {
      return served
    },
    /** Why the rows are not of now; null when they are. */
    get problem() {
      return problem
    },
    /** The counting begins again, with the next look. */
    reset() {
      isNew = true
    },
  }
}

const bytesOf = ({ toServer, toClient }: LaneTotal): number => toServer + toClient
