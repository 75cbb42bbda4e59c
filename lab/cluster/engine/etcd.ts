/** Nodes of etcd, one, or three in a cluster, on loopback. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askJson } from '../machine/ask.ts'
import { createProgram, type ProgramOptions } from '../machine/program.ts'
import type { EngineNode, NodeSaid, NodesOptions } from './node.ts'

/** Ports of each: for clients, and for the others. */
export const ETCD_PORTS = 2

export interface EtcdPlace {
  readonly name: string
  readonly folder: string
  readonly port: number
  /** Where it listens for the others; where these find it, unless that is elsewhere: for proxies between them. */
  readonly peer: number
  /** Each node’s name, and where this one finds it. */
  readonly peers: readonly (readonly [name: string, port: number])[]
  readonly scheme?: 'http' | 'https'
}

/** Its command line, without the program itself. */
export function etcdArguments({ name, folder, port, peer, peers, scheme = 'http' }: EtcdPlace): string[] {
  const announced = peers.find(([one]) => one === name)?.[1] ?? peer
  const options = {
    name,
    'data-dir': folder,
    'listen-client-urls': `${scheme}://127.0.0.1:${port}`,
    'advertise-client-urls': `${scheme}://127.0.0.1:${port}`,
    'listen-peer-urls': `http://127.0.0.1:${peer}`,
    'initial-advertise-peer-urls': `http://127.0.0.1:${announced}`,
    'initial-cluster': peers.map(([one, at]) => `${one}=http://127.0.0.1:${at}`).join(','),
    'log-level': 'error',
  }
  return Object.entries(options).flatMap(([option, value]) => [`--${option}`, value])
}

const PEERS = 'etcd-peers.json'

/** Where the nodes of a folder found each other when they began: they know each other by that, and may not move. Null for a new folder. */
export function etcdPeersIn(folder: string): number[] | null {
  try {
    return JSON.parse(readFileSync(join(folder, PEERS), 'utf8')) as number[]
  } catch {
    return null
  }
}

/** @param ports those for clients, then those for the others */
export function createEtcdNodes({ file, folder, count, ports, onProcess }: NodesOptions): EngineNode[] {
  const [clients, own] = [ports.slice(0, count), ports.slice(count)]
  writeFileSync(join(folder, PEERS), JSON.stringify(own))
  const names = clients.map((_, i) => `engine-${i + 1}`)
  const peers = names.map((name, i) => [name, own[i]!] as const)
  return clients.map((port, i) => {
    const name = names[i]!
    const place = { name, folder: join(folder, name), port, peer: own[i]!, peers }
    return etcdNode(name, port, [file, ...etcdArguments(place)], onProcess)
  })
}

function etcdNode(
  name: string,
  port: number,
  command: readonly string[],
  onProcess: ProgramOptions['onProcess'],
): EngineNode {
  const isUp = async () => (await askJson(`http://127.0.0.1:${port}/health`))?.health === 'true'
  return {
    program: createProgram({ name, command, isUp, port, ...(onProcess && { onProcess }) }),
    port,
    address: `etcd://127.0.0.1:${port}`,
    look: () => lookAtEtcd(port),
  }
}

/** The labs' key that has the place of the newest entry (lab/store/engine/etcd/keys.ts). */
const HEAD = Buffer.from('transport-lab/head').toString('base64')

/** What is looked at (etcd, api/etcdserverpb, StatusResponse and RangeResponse). */
interface Status {
  readonly header?: { readonly member_id?: string }
  readonly leader?: string
}
interface Range {
  readonly kvs?: readonly { readonly value?: string }[]
}

/** `serializable`: what this member itself has, whether it hears the others or not. */
export async function lookAtEtcd(port: number): Promise<NodeSaid | null> {
  const ask = (path: string, body: object) =>
    askJson(`http://127.0.0.1:${port}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) })
  const [status, head] = (await Promise.all([
    ask('maintenance/status', {}),
    ask('kv/range', { key: HEAD, serializable: true }),
  ])) as [Status | null, Range | null]
  const self = status?.header?.member_id
  if (self === undefined) return null
  const place = head?.kvs?.[0]?.value
  const leader = status?.leader
  return {
    self,
    leader: leader === undefined || leader === '0' ? null : leader,
    position: place === undefined ? null : Number(Buffer.from(place, 'base64').toString()),
  }
}
