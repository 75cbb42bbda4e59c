/** All that a cluster is made of, started in its order: the engine, the labs on it, the front before them. */
import { type Control, openControl } from './control/control.ts'
import { createEtcdNodes, ETCD_PORTS, etcdPeersIn } from './engine/etcd.ts'
import { createNatsNodes, NATS_PORTS } from './engine/nats.ts'
import type { EngineName, EngineNode } from './engine/node.ts'
import { createFront, type FrontName } from './front/front.ts'
import { canListen, portsFrom } from './machine/ports.ts'
import { type Program, ProgramError } from './machine/program.ts'
import { createServers, type LabServer, startLab } from './servers.ts'

export interface ClusterPlan {
  readonly servers: number
  readonly engine: EngineName
  readonly engines: number
  readonly front: FrontName
  /** Of the front; 0 for any that is free. */
  readonly port: number
  /** The files of the programs. */
  readonly engineFile: string
  readonly frontFile: string
  /** Where the servers and the engine keep what they know. */
  readonly data: string
  /** For what lives no longer than the cluster. */
  readonly temporary: string
  readonly onProcess: (pid: number, isThere: boolean) => void
}

export interface Cluster {
  /** Of the front. */
  readonly port: number
  readonly engines: readonly EngineNode[]
  readonly servers: readonly LabServer[]
  readonly front: Program
  /** Where its control listens, and what it wants to be shown; null before it is open. */
  readonly control: Control | null
  /** All of them, in the order in which they start. */
  readonly programs: readonly Program[]
  /**
   * Resolves when all serve.
   *
   * @throws ProgramError which does not, and why; `signal`'s reason when that aborts
   */
  start(signal: AbortSignal): Promise<void>
  /** In the opposite order, each in order. */
  stop(): Promise<void>
}

/** @throws ProgramError when the ports are taken */
export async function planCluster(plan: ClusterPlan): Promise<Cluster> {
  const { onProcess, data, engines: count } = plan
  const isEtcd = plan.engine === 'etcd'
  const [port, controlPort, ...ports] = await portsFor(plan, isEtcd ? etcdPeersIn(data) : null)
  const labPorts = ports.slice(0, plan.servers)
  const nodesOf = isEtcd ? createEtcdNodes : createNatsNodes
  const engines = nodesOf({
    ...{ file: plan.engineFile, folder: data, count, ports: ports.slice(plan.servers), onProcess },
  })
  const origins = ['localhost', '127.0.0.1'].map((host) => `http://${host}:${port}`)
  const servers = createServers({
    ...{ folder: data, ports: labPorts, replicas: isEtcd ? null : count, origins, onProcess },
    engine: engines.map(({ address }) => address).join(','),
  })
  const front = createFront(plan.front, {
    ...{ file: plan.frontFile, folder: plan.temporary, port: port!, servers: labPorts, onProcess },
    control: controlPort!,
  })
  const nodes = engines.map(({ program }) => program)
  const labs = servers.map(({ program }) => program)
  let control: Control | null = null
  return {
    ...{ port: port!, engines, servers, front, programs: [...nodes, ...labs, front] },
    get control() {
      return control
    },
    async start(signal) {
      await Promise.all(nodes.map((node) => node.start(signal)))
      // The first makes the log, and compiles what all of them run; the others find both.
      const [first, ...others] = labs
      await startLab(first!, signal)
      await Promise.all(others.map((lab) => lab.start(signal)))
      control = await openControl({ cluster: { servers, engines }, port: controlPort!, origins })
      await front.start(signal)
    },
    async stop() {
      await control?.close()
      await front.stop('SIGTERM', STOP_LIMIT_MS)
      await Promise.all(labs.map((lab) => lab.stop('SIGINT', STOP_LIMIT_MS)))
      await Promise.all(nodes.map((node) => node.stop('SIGTERM', STOP_LIMIT_MS)))
    },
  }
}

/** A lab promises two seconds. */
const STOP_LIMIT_MS = 4_000
/**
 * The front's first, the control's, those of the labs, then those of the nodes.
 *
 * @param peers of nodes that may not move
 */
async function portsFor(
  { port, servers, engine, engines }: ClusterPlan,
  peers: readonly number[] | null,
): Promise<number[]> {
  if (port !== 0 && !(await canListen(port)))
    throw new ProgramError(`port ${port} is in use; try another: npm run cluster -- --port ${port + 100}`)
  for (const peer of peers ?? [])
    if (peer === port || !(await canListen(peer)))
      throw new ProgramError(
        `port ${peer} is in use, and the etcd in this folder was begun there; free it, or give another folder`,
      )
  const each = engine === 'etcd' ? ETCD_PORTS : NATS_PORTS
  const count = 2 + servers + each * engines - (peers?.length ?? 0)
  try {
    return [...(await portsFrom(port, count, peers ?? [])), ...(peers ?? [])]
  } catch (error) {
    throw error instanceof RangeError ? new ProgramError(error.message) : error
  }
}
