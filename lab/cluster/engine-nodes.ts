/** The nodes of the engine: `nats-server` with JetStream, one, or three in a cluster, on loopback. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProgram, type Program, type ProgramOptions } from './machine/program.ts'

/** The name that NATS knows the cluster by; it may not change in a data folder. */
const CLUSTER = 'lab'

export interface NodePlace {
  /** Its name in the cluster, by which it knows its own data. */
  readonly name: string
  /** Where clients reach it, and the other nodes. */
  readonly port: number
  readonly route: number
  /** The others' ports, its own included; one for a node that is alone. */
  readonly routes: readonly number[]
  /** Where it tells the others that it is, if not at its route: for proxies between them, which they would go round. */
  readonly announced?: number
}

/**
 * Its configuration, in the format of nats-server.
 *
 * @param more lines of it: where it keeps what, and who may speak to it
 */
export function natsConfig({ name, port, route, routes, announced }: NodePlace, more: string): string {
  const lines = [`server_name: ${name}`, `listen: "127.0.0.1:${port}"`, more]
  if (routes.length > 1)
    lines.push(
      `cluster { name: ${CLUSTER}, listen: "127.0.0.1:${route}", no_advertise: true,${announced === undefined ? '' : ` advertise: "127.0.0.1:${announced}",`}
  routes: [${routes.map((one) => `"nats://127.0.0.1:${one}"`).join(', ')}] }`,
    )
  return `${lines.join('\n')}\n`
}

export interface EngineNode {
  readonly program: Program
  readonly port: number
  /** Where it tells how it is (https://docs.nats.io, "Monitoring"), on loopback. */
  readonly monitor: number
}

export interface EngineNodesOptions {
  /** The file of nats-server. */
  readonly nats: string
  /** Of the whole cluster; each node has one in it. */
  readonly folder: string
  readonly count: number
  /** Three for each node: for clients, for other nodes, for its monitor. */
  readonly ports: readonly number[]
  readonly onProcess: ProgramOptions['onProcess']
}

export function createEngineNodes({
  nats,
  folder,
  count,
  ports,
  onProcess,
}: EngineNodesOptions): EngineNode[] {
  const [clients, routes, monitors] = [0, 1, 2].map((i) => ports.slice(i * count, (i + 1) * count)) as [
    number[],
    number[],
    number[],
  ]
  return clients.map((port, i) => {
    const name = `engine-${i + 1}`
    const own = join(folder, name)
    mkdirSync(own, { recursive: true })
    const config = join(folder, `${name}.conf`)
    const monitor = monitors[i]!
    const more = `http: "127.0.0.1:${monitor}"\njetstream { store_dir: ${JSON.stringify(own)} }`
    writeFileSync(config, natsConfig({ name, port, route: routes[i]!, routes }, more))
    const isUp = () => answersOk(`http://127.0.0.1:${monitor}/healthz`)
    const program = createProgram({
      ...{ name, command: [nats, '-c', config], isUp, port },
      ...(onProcess && { onProcess }),
    })
    return { program, port, monitor }
  })
}

const ANSWER_LIMIT_MS = 2_000

/** Whether something answers there, and says that all is well. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
