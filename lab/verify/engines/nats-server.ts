/** Real servers of NATS, one or a cluster of three, on loopback and in a folder that goes with them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePorts, isOpen } from '../kit/network/ports.ts'
import { find } from '../proxies/programs.ts'

export const NATS = find('nats-server')

export interface NatsServer {
  readonly port: number
  readonly folder: string
  /** All that it wrote. */
  said(): string
  kill(): Promise<void>
  /** Stands still, as a machine does that has no time. */
  freeze(): void
  thaw(): void
  start(): Promise<void>
}

export interface Nats {
  readonly address: string
  readonly servers: readonly NatsServer[]
  stop(): Promise<void>
}

const START_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 20

/** @param more lines of their configuration; the folder is where they may find files */
export async function startNats(
  count: 1 | 3 = 1,
  more: (folder: string) => string = (folder) => `jetstream { store_dir: "${folder}" }`,
): Promise<Nats> {
  const folder = mkdtempSync(join(tmpdir(), 'lab-nats-'))
  const ports = await freePorts(2 * count)
  const [clients, routes] = [ports.slice(0, count), ports.slice(count)]
  const cluster = (i: number) => `
    cluster { name: lab, listen: "127.0.0.1:${routes[i]}", no_advertise: true,
      routes: [${routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')}] }`
  const servers = clients.map((port, i) => {
    const own = join(folder, `n${i}`)
    const config = join(folder, `n${i}.conf`)
    const lines = [`server_name: n${i}`, `listen: "127.0.0.1:${port}"`, more(own)]
    writeFileSync(config, [...lines, ...(count > 1 ? [cluster(i)] : [])].join('\n'))
    return createServerProcess(port, own, config)
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

function createServerProcess(port: number, folder: string, config: string): NatsServer {
  let child: ChildProcess | null = null
  let said = ''
  const takeAlong = () => child?.kill('SIGKILL')
  return {
    port,
    folder,
    said: () => said,
    async start() {
      const own = spawn(NATS!, ['-c', config], { stdio: ['ignore', 'pipe', 'pipe'] })
      child = own
      process.on('exit', takeAlong)
      for (const stream of [own.stdout, own.stderr]) stream.on('data', (data) => (said += data))
      const deadline = performance.now() + START_LIMIT_MS
      while (!(await isOpen(port))) {
        if (own.exitCode !== null || performance.now() > deadline)
          throw new Error(`nats-server did not start:\n${said}`)
        await pause(LOOK_EVERY_MS)
      }
    },
    async kill() {
      process.off('exit', takeAlong)
      const own = child
      child = null
      if (!own || own.exitCode !== null || own.signalCode !== null) return
      const gone = once(own, 'exit')
      own.kill('SIGKILL')
      await gone
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  }
}
