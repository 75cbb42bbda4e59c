/** Real servers of NATS, one or a cluster of three, on loopback and in a folder that goes with them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { natsConfig } from '../../cluster/engine-nodes.ts'
import { find } from '../../cluster/machine/find.ts'
import { freePorts, isOpen } from '../../cluster/machine/ports.ts'
import { createProgram, type Program } from '../../cluster/machine/program.ts'

export const NATS = find('nats-server')

export interface NatsServer extends Program {
  readonly port: number
  readonly folder: string
}

export interface Nats {
  readonly address: string
  readonly servers: readonly NatsServer[]
  stop(): Promise<void>
}

/** @param more lines of their configuration; the folder is where they may find files */
export async function startNats(
  count: 1 | 3 = 1,
  more: (folder: string) => string = (folder) => `jetstream { store_dir: "${folder}" }`,
): Promise<Nats> {
  const folder = mkdtempSync(join(tmpdir(), 'lab-nats-'))
  const ports = await freePorts(2 * count)
  const [clients, routes] = [ports.slice(0, count), ports.slice(count)]
  const servers = clients.map((port, i) => {
    const own = join(folder, `n${i}`)
    const config = join(folder, `n${i}.conf`)
    writeFileSync(config, natsConfig({ name: `n${i}`, port, route: routes[i]!, routes }, more(own)))
    const program = createProgram({
      ...{ name: 'nats-server', command: [NATS!, '-c', config], isUp: () => isOpen(port) },
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
  return { address: clients.map((port) => `nats://127.0.0.1:${port}`).join(','), servers, stop }
}
