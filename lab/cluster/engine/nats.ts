/** Nodes of nats-server with JetStream, one, or three in a cluster, on loopback. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answersOk, askJson } from '../machine/ask.ts'
import { createProgram } from '../machine/program.ts'
import type { EngineNode, NodeSaid, NodesOptions } from './node.ts'

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

/** Ports of each: for clients, for the others, and for its monitor, where it tells how it is. */
export const NATS_PORTS = 3

export function createNatsNodes({ file, folder, count, ports, onProcess }: NodesOptions): EngineNode[] {
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
      ...{ name, command: [file, '-c', config], isUp, port },
      ...(onProcess && { onProcess }),
    })
    return { program, port, address: `nats://127.0.0.1:${port}`, look: () => lookAtNats(name, monitor) }
  })
}

/** Of `/jsz?accounts=true&streams=true`, what is looked at (https://docs.nats.io/running-a-nats-service/nats_admin/monitoring). */
interface Jsz {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly state?: { readonly last_seq?: number }
      readonly cluster?: { readonly leader?: string }
    }[]
  }[]
}

/** The labs' log is the only stream that there is. */
export async function lookAtNats(self: string, monitor: number): Promise<NodeSaid | null> {
  const jsz = (await askJson(`http://127.0.0.1:${monitor}/jsz?accounts=true&streams=true`)) as Jsz | null
  const stream = jsz?.account_details?.[0]?.stream_detail?.[0]
  return stream
    ? { self, leader: stream.cluster?.leader || null, position: stream.state?.last_seq ?? null }
    : null
}
