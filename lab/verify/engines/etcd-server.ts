/** Real members of etcd, one or a cluster of three, on loopback and in a folder that goes with them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { etcdArguments } from '../../cluster/engine/etcd.ts'
import { find } from '../../cluster/machine/find.ts'
import { freePorts } from '../../cluster/machine/ports.ts'
import { createProgram, type Program, type ProgramOptions } from '../../cluster/machine/program.ts'

export const ETCD = find('etcd')

export interface EtcdServer extends Program {
  readonly port: number
  /** Its data. */
  readonly folder: string
}

export interface Etcd {
  readonly address: string
  readonly servers: readonly EtcdServer[]
  stop(): Promise<void>
}

export interface EtcdPlacement extends Pick<ProgramOptions, 'onProcess'> {
  /** The folder in which theirs is; the system's temporary one unless given. */
  readonly within?: string
}

/** @param more options of each */
export async function startEtcd(
  count: 1 | 3 = 1,
  more: readonly string[] = [],
  { within = tmpdir(), onProcess }: EtcdPlacement = {},
): Promise<Etcd> {
  const folder = mkdtempSync(join(within, 'lab-etcd-'))
  const ports = await freePorts(2 * count)
  const [clients, peers] = [ports.slice(0, count), ports.slice(count)]
  const scheme = more.includes('--cert-file') ? 'https' : 'http'
  const all = peers.map((port, i) => [`e${i}`, port] as const)
  const servers = clients.map((port, i) => {
    const name = `e${i}`
    const own = join(folder, name)
    const args = etcdArguments({ name, folder: own, port, peer: peers[i]!, peers: all, scheme })
    const program = createProgram({
      ...{ name: 'etcd', command: [ETCD!, ...args, ...more], isUp: () => isHealthy(scheme, port) },
      ...(onProcess && { onProcess }),
    })
    return Object.assign(program, { port, folder: own })
  })
  const stop = async () => {
    await Promise.all(servers.map((server) => server.kill()))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await Promise.all(servers.map((server) => server.start()))
  } catch (error) {
    await stop()
    throw error
  }
  const plain = scheme === 'https' ? 'etcds' : 'etcd'
  return { address: clients.map((port) => `${plain}://127.0.0.1:${port}`).join(','), servers, stop }
}

/** It listens before it has found the others; only with a leader it answers what is asked of all. */
async function isHealthy(scheme: string, port: number): Promise<boolean> {
  try {
    const response = await fetch(`${scheme}://127.0.0.1:${port}/health`, {
      signal: AbortSignal.timeout(1_000),
    })
    return scheme === 'https' || ((await response.json()) as { readonly health: string }).health === 'true'
  } catch (error) {
    return /SELF_SIGNED|CERT/.test(
      String((error as { readonly cause?: { readonly code?: string } }).cause?.code),
    )
  }
}
