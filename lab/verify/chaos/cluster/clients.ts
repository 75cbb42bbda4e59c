/** Readers and writers of a cluster, on every transport that a server carries: some stay at a server, and some go to another each time. */
import { DESCRIPTORS } from '../../../../transports/descriptors.ts'
import { loadClient } from '../../../../transports/load-client.ts'
import type { TransportName } from '../../../../transports/manifest.ts'
import { hasServer } from '../../../client/descriptor.ts'
import type { Settings } from '../../../client/transport.ts'
import type { Random } from '../../../wire/random.ts'
import { openProxy, type TcpProxy } from '../../../wires/proxy.ts'
import { type Address, hoppingOver } from '../../engines/hopping.ts'
import { createTestClient, type TestClient } from '../../kit/test-client.ts'
import type { FaultyLine } from '../faults.ts'
import type { ClusterLab } from './labs.ts'

/** All that a server carries; one that chooses among them is no other way. */
export const CARRIED: readonly TransportName[] = [...DESCRIPTORS].flatMap(([name, descriptor]) =>
  hasServer(descriptor) ? [name] : [],
)

/** Each transport has one of them, so that each has readers of several transports. */
export const ROOMS = ['lobby', 'garden'] as const
export const roomOf = (transport: TransportName): string => ROOMS[CARRIED.indexOf(transport) % ROOMS.length]!

const READER: Settings = { intervalMs: 40, holdMs: 20_000 }
const WRITER: Settings = { intervalMs: 1_000, holdMs: 20_000 }
const RETRY_MS = 50
/** Clients wait this part of their usual time before they try again, or a run would mostly be waiting. */
const RETRY_SHARE = 0.05

export interface JoinOptions {
  readonly transport: TransportName
  readonly part: 'reader' | 'writer'
  /** Tells it from others of its part. */
  readonly number: number
  /** The server at which it begins; null for one that goes to another with each request and each connection. */
  readonly home: number | null
}

export interface ClusterClients {
  /** The lines on which faults may act: one for each client that stays, and one to each server for all that do not. */
  readonly lines: readonly FaultyLine[]
  join(options: JoinOptions): Promise<TestClient>
  close(): Promise<void>
}

export async function openClients(labs: readonly ClusterLab[], random: Random): Promise<ClusterClients> {
  const clients: TestClient[] = []
  const hopping: TestClient[] = []
  const lines: FaultyLine[] = []
  const wires: TcpProxy[] = []
  const open = async (port: () => number | null, clock: FaultyLine['clock']) => {
    const wire = await openProxy(port)
    wires.push(wire)
    lines.push({ wire, clock })
    return wire
  }
  const allThatHop = { skip: (ms: number) => hopping.forEach(({ clock }) => void clock.skip(ms)) }
  const tcpPort = ({ server }: ClusterLab) => [...server.tcpPorts.values()][0] ?? null
  const forHoppers = await Promise.all(
    labs.map(async (lab) => ({
      lab,
      http: await open(() => lab.server.port, allThatHop),
      tcp: await open(() => tcpPort(lab), allThatHop),
    })),
  )
  const addresses = (): Address[] =>
    forHoppers.flatMap(({ lab, http, tcp }) =>
      lab.server.port === null ? [] : [{ http: http.port, tcp: tcp.port }],
    )

  async function wireFrom(
    home: number,
    portOf: (lab: ClusterLab) => number | null,
    clock: FaultyLine['clock'],
  ) {
    let at = home
    return open(() => {
      for (let tried = 0; tried < labs.length && portOf(labs[at]!) === null; tried++)
        at = (at + 1) % labs.length
      return portOf(labs[at]!)
    }, clock)
  }

  return {
    lines,
    async join({ transport, part, number, home }) {
      const isOverTcp = DESCRIPTORS.get(transport)?.carriedBy === 'tcp'
      let client: TestClient | null = null // a fault may find the line before its client is there
      const clock = { skip: (ms: number) => void client?.clock.skip(ms) }
      const wire =
        home === null ? null : await wireFrom(home, isOverTcp ? tcpPort : ({ server }) => server.port, clock)
      client = createTestClient({
        name: `${home === null ? 'hopping ' : ''}${part}${number > 1 ? ` ${number}` : ''} on ${transport}`,
        transport: await loadClient(transport, part === 'reader' ? READER : WRITER),
        baseUrl: new URL(
          `/transports/${transport}/rooms/${roomOf(transport)}/`,
          `http://127.0.0.1:${wire?.port ?? 1}`,
        ),
        ...{ since: null, random: () => RETRY_SHARE * random(), retryMs: RETRY_MS },
        proxy: wire,
        cut: () => wire?.cut(),
        ...(home === null && { network: hoppingOver(addresses) }),
      })
      clients.push(client)
      if (home === null) hopping.push(client)
      return client
    },
    async close() {
      for (const { client } of clients) client.close()
      await Promise.all(wires.map((wire) => wire.close()))
    },
  }
}
