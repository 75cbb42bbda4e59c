/** The engine of a cluster: servers of NATS, with a proxy on each way between two of them, and between each of them and each lab. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Program } from '../../../../cluster/machine/program.ts'
import type { Position } from '../../../../store/engine/engine.ts'
import { openProxy, type TcpProxy } from '../../../../wires/proxy.ts'
import { type Nats, type NatsPlacement, startNats } from '../../../engines/nats-server.ts'
import { digestOf } from '../server/recorder.ts'

/** An entry, as the engine has it. */
export interface KeptEntry {
  readonly position: Position
  /** Under which it was appended. */
  readonly id: string
  readonly digest: string
}

export interface WholeEntry extends KeptEntry {
  readonly body: Uint8Array
}

/** What the engine has of its log. */
export interface KeptLog {
  /** The place of the oldest entry; one beyond the end when all were trimmed. */
  readonly first: Position
  readonly entries: readonly WholeEntry[]
}

export interface EngineNodes {
  readonly nodes: readonly (Program & { readonly port: number })[]
  /** For one of the labs: its own ways to all nodes. */
  addressFor(lab: number): string
  wireOfLab(lab: number, node: number): TcpProxy
  /** All ways between two nodes, whichever of them has begun it. */
  wiresBetween(one: number, other: number): readonly TcpProxy[]
  wiresOfNode(node: number): readonly TcpProxy[]
  readonly wires: readonly TcpProxy[]
  /** Which node leads the log now; null when none does, or none says so. */
  leader(): Promise<number | null>
  /** The log as far as it is not trimmed, read from the engine itself. @throws Error when it cannot be read */
  entries(): Promise<readonly KeptEntry[]>
  /** The same after a place, with all that is in it, tried once: for runs that trim. @throws Error when a node is away */
  keptAfter?(after: Position): Promise<KeptLog>
  stop(): Promise<void>
}

/** As lab/store/engine/nats.ts names it. */
const STREAM = 'TRANSPORT_LAB'
const ASK_MS = 2_000
const READ_AGAIN_MS = 500
const READ_LIMIT_MS = 60_000

/** A route that says nothing is found out in some seconds, and not in some minutes. */
const configOf = (folder: string) => `jetstream { store_dir: "${folder}" }
ping_interval: "2s"
ping_max: 2`

export async function startEngineNodes(
  count: 1 | 3,
  labs: number,
  placement: Omit<NatsPlacement, 'routeBetween'> = {},
): Promise<EngineNodes> {
  const routes = new Map<string, TcpProxy>()
  const ofLabs: TcpProxy[][] = []
  let nats: Nats | null = null
  const all = () => [...routes.values(), ...ofLabs.flat()]
  const stop = async () => {
    await nats?.stop()
    await Promise.all(all().map((wire) => wire.close()))
  }
  try {
    const routeBetween = async (from: number, to: number, port: number) => {
      const wire = await openProxy(() => port)
      routes.set(`${from}-${to}`, wire)
      return wire.port
    }
    nats = await startNats(count, configOf, { ...placement, routeBetween })
    for (let lab = 0; lab < labs; lab++)
      ofLabs.push(await Promise.all(nats.servers.map(({ port }) => openProxy(() => port))))
  } catch (error) {
    await stop()
    throw error
  }
  const { servers: nodes } = nats
  const wireOfLab = (lab: number, node: number) => ofLabs[lab]![node]!
  const wiresBetween = (one: number, other: number) =>
    [`${one}-${other}`, `${other}-${one}`].flatMap((name) => routes.get(name) ?? [])

  async function asking<T>(ask: (connection: NatsConnection) => Promise<T>): Promise<T> {
    const connection = await connect({
      servers: nodes.map(({ port }) => `127.0.0.1:${port}`),
      ...{ ignoreClusterUpdates: true, reconnect: false, timeout: ASK_MS },
    })
    try {
      return await ask(connection)
    } finally {
      await connection.close()
    }
  }

  async function readAfter(after: Position): Promise<KeptLog> {
    return asking(async (connection) => {
      const jsm = await jetstreamManager(connection, { timeout: ASK_MS, checkAPI: false })
      const { first_seq: first, last_seq: last } = (await jsm.streams.info(STREAM)).state
      const entries: WholeEntry[] = []
      const from = Math.max(after + 1, first)
      if (from > last) return { first, entries }
      const consumer = await jetstream(connection).consumers.get(STREAM, { opt_start_seq: from })
      const messages = await consumer.consume()
      const limit = setTimeout(() => void messages.close(), READ_LIMIT_MS)
      for await (const { seq, headers, data } of messages) {
        // A consumer that was made again under way, since its node died, may begin at its beginning.
        if (seq <= (entries.at(-1)?.position ?? after)) continue
        entries.push({
          position: seq,
          id: headers?.get('Nats-Msg-Id') ?? '',
          digest: digestOf(data),
          body: Uint8Array.from(data),
        })
        if (seq >= last) break
      }
      clearTimeout(limit)
      if (entries.at(-1)?.position !== last) throw new Error('the engine did not give its whole log')
      return { first, entries }
    })
  }

  return {
    nodes,
    addressFor: (lab) => ofLabs[lab]!.map(({ port }) => `nats://127.0.0.1:${port}`).join(','),
    wireOfLab,
    wiresBetween,
    wiresOfNode: (node) => [
      ...nodes.flatMap((_, other) => wiresBetween(node, other)),
      ...ofLabs.map((wires) => wires[node]!),
    ],
    get wires() {
      return all()
    },
    async leader() {
      try {
        return await asking(async (connection) => {
          const jsm = await jetstreamManager(connection, { timeout: ASK_MS, checkAPI: false })
          const { cluster } = await jsm.streams.info(STREAM)
          if (count === 1) return 0
          const [, number] = /^n(\d)$/.exec(cluster?.leader ?? '') ?? []
          return number === undefined ? null : Number(number)
        })
      } catch {
        return null // it is just being elected, or the node that was asked stands still
      }
    },
    keptAfter: readAfter,
    async entries() {
      for (const begun = performance.now(); ; ) {
        try {
          return (await readAfter(0)).entries
        } catch (error) {
          if (performance.now() - begun > READ_LIMIT_MS) throw error
          await new Promise((resolve) => setTimeout(resolve, READ_AGAIN_MS))
        }
      }
    },
    stop,
  }
}

/** How a way is cut: it says nothing any more, it breaks at once, or it carries one direction only. */
export const CUTS = ['silent', 'reset', 'one-way'] as const
export type Cut = (typeof CUTS)[number]

export function cutOff(wires: readonly TcpProxy[], how: Cut): void {
  for (const wire of wires) {
    if (how === 'reset') {
      wire.refuseNewcomers(true)
      wire.reset()
    } else if (how === 'silent') {
      wire.silenceNewcomers(true)
      wire.silence()
    } else wire.silence(['toServer'])
  }
}

/** What was swallowed stays swallowed; both ends hear that the silent ways are closed. */
export function heal(wires: readonly TcpProxy[]): void {
  for (const wire of wires) {
    wire.refuseNewcomers(false)
    wire.silenceNewcomers(false)
    wire.dropSilent()
  }
}
