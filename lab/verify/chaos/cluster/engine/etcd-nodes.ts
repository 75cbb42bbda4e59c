/**
 * The engine of a cluster: members of etcd, with a proxy on the way between each of them and each lab.
 *
 * There is none between two members: all others find a member at one address, so a proxy there could not tell who comes.
 */
import { lookAtEtcd } from '../../../../cluster/engine/etcd.ts'
import { parseEtcdAddress } from '../../../../store/engine/etcd/address.ts'
import {
  bytesFrom,
  type Gateway,
  openGateway,
  type RangeResponse,
  textFrom,
} from '../../../../store/engine/etcd/gateway.ts'
import { type Keys, keysBelow, positionIn } from '../../../../store/engine/etcd/keys.ts'
import { watchRange } from '../../../../store/engine/etcd/watch.ts'
import { openProxy, type TcpProxy } from '../../../../wires/proxy.ts'
import { type Etcd, type EtcdPlacement, startEtcd } from '../../../engines/etcd-server.ts'
import { digestOf } from '../server/recorder.ts'
import type { EngineNodes, KeptEntry } from './nodes.ts'

/** As lab/store/engine/etcd/etcd.ts names it. */
const PREFIX = 'transport-lab/'
const AT_ONCE = 64
const READ_AGAIN_MS = 500
const READ_LIMIT_MS = 60_000

export async function startEtcdNodes(
  count: 1 | 3,
  labs: number,
  placement: EtcdPlacement = {},
): Promise<EngineNodes> {
  const ofLabs: TcpProxy[][] = []
  const ending = new AbortController()
  let etcd: Etcd | null = null
  let gateway: Gateway | null = null
  const stop = async () => {
    ending.abort()
    gateway?.close()
    await etcd?.stop()
    await Promise.all(ofLabs.flat().map((wire) => wire.close()))
  }
  try {
    etcd = await startEtcd(count, [], placement)
    for (let lab = 0; lab < labs; lab++)
      ofLabs.push(await Promise.all(etcd.servers.map(({ port }) => openProxy(() => port))))
  } catch (error) {
    await stop()
    throw error
  }
  const { servers: nodes, address } = etcd
  gateway = openGateway(parseEtcdAddress(address)) // past the proxies
  const keys = keysBelow(PREFIX)
  const ids = watchIds(gateway, ending.signal)

  return {
    nodes,
    addressFor: (lab) => ofLabs[lab]!.map(({ port }) => `etcd://127.0.0.1:${port}`).join(','),
    wireOfLab: (lab, node) => ofLabs[lab]![node]!,
    wiresBetween: () => [],
    wiresOfNode: (node) => ofLabs.map((wires) => wires[node]!),
    wires: ofLabs.flat(),
    async leader() {
      const said = await Promise.all(nodes.map(({ port }) => lookAtEtcd(port)))
      const found = said.findIndex((one) => one !== null && one.leader === one.self)
      return found < 0 ? null : found
    },
    async entries() {
      for (const begun = performance.now(); ; ) {
        try {
          return await readAll(gateway, keys, ids)
        } catch (error) {
          if (performance.now() - begun > READ_LIMIT_MS) throw error
          await new Promise((resolve) => setTimeout(resolve, READ_AGAIN_MS))
        }
      }
    },
    stop,
  }
}

/** The ids of entries, by place. They are in etcd for four minutes only, so they are written down as they come. */
function watchIds(gateway: Gateway, signal: AbortSignal): ReadonlyMap<number, string> {
  const ids = new Map<number, string>()
  const below = (name: string) => Buffer.from(PREFIX + name).toString('base64')
  const range = { key: below('i/'), range_end: below('i0') }
  void watchRange(
    gateway,
    range,
    ({ key, value }) => void ids.set(Number(textFrom(value)), textFrom(key).slice(`${PREFIX}i/`.length)),
    signal,
  )
  return ids
}

async function readAll(gateway: Gateway, keys: Keys, ids: ReadonlyMap<number, string>): Promise<KeptEntry[]> {
  const { kvs: [head] = [] } = await gateway.ask<RangeResponse>('kv/range', { key: keys.head })
  const last = Number(textFrom(head?.value))
  const entries: KeptEntry[] = []
  for (let next = 1; next <= last; ) {
    const some = { key: keys.entry(next), range_end: keys.entriesEnd, limit: String(AT_ONCE) }
    const { kvs = [] } = await gateway.ask<RangeResponse>('kv/range', some)
    if (kvs.length === 0) break
    for (const { key, value } of kvs) {
      const position = positionIn(key)
      entries.push({ position, id: ids.get(position) ?? '', digest: digestOf(bytesFrom(value)) })
      next = position + 1
    }
  }
  if (last > 0 && entries.at(-1)?.position !== last) throw new Error('the engine did not give its whole log')
  return entries
}
