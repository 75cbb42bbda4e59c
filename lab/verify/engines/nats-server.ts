/** Real servers of NATS, one or a cluster of three, on loopback and in a folder that goes with them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { natsConfig } from '../../cluster/engine/nats.ts'
import { find } from '../../cluster/machine/find.ts'
import { freePorts, isOpen } from '../../cluster/machine/ports.ts'
import { createProgram, type Program, type ProgramOptions } from '../../cluster/machine/program.ts'

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

/** At which no program listens. */
const NO_PORT = 1

export interface NatsPlacement extends Pick<ProgramOptions, 'onProcess'> {
  /** The folder in which theirs is; the system's temporary one unless given. */
  readonly within?: string
  /**
   * Puts something between two of them: gives the port at which server `from` asks for server `to`, whose own is `port`. What they tell
   * each other of where they are then leads nowhere.
   */
  readonly routeBetween?: (from: number, to: number, port: number) => Promise<number>
}

/** @param more lines of their configuration; the folder is where they may find files */
export async function startNats(
  count: 1 | 3 = 1,
  more: (folder: string) => string = (folder) => `jetstream { store_dir: "${folder}" }`,
  { within = tmpdir(), routeBetween, onProcess }: NatsPlacement = {},
): Promise<Nats> {
  const folder = mkdtempSync(join(within, 'lab-nats-'))
  const ports = await freePorts(2 * count)
  const [clients, routes] = [ports.slice(0, count), ports.slice(count)]
  const waysOf = (i: number) =>
    Promise.all(routes.map((port, to) => (routeBetween && to !== i ? routeBetween(i, to, port) : port)))
  const startable = async (port: number, i: number) => {
    const own = join(folder, `n${i}`)
    const config = join(folder, `n${i}.conf`)
    const place = { name: `n${i}`, port, route: routes[i]!, routes: await waysOf(i) }
    const announced = routeBetween ? { announced: NO_PORT } : {}
    writeFileSync(config, natsConfig({ ...place, ...announced }, more(own)))
    const program = createProgram({
      ...{ name: 'nats-server', command: [NATS!, '-c', config], isUp: () => isOpen(port) },
      ...(onProcess && { onProcess }),
    })
    return Object.assign(program, { port, folder: own })
  }
  const servers = await Promise.all(clients.map(startable))
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
