/** What is measured: one lab alone, three that share a log, each a process as `npm start` runs it, and the engine between them. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createNatsNodes, NATS_PORTS } from '../../lab/cluster/engine/nats.ts'
import { freePorts } from '../../lab/cluster/machine/ports.ts'
import type { ProgramOptions } from '../../lab/cluster/machine/program.ts'
import { createServers, type LabServer, startLab } from '../../lab/cluster/servers.ts'

const SERVERS = 3
const NODES = 3
const STOP_LIMIT_MS = 4_000
/** The lab's limits are for strangers; a crowd of one machine is none. */
const WITHOUT_LIMITS = ['--rate-limit', '0', '--max-connections', '0']

export interface Labs {
  readonly alone: LabServer
  readonly shared: readonly LabServer[]
  /** Of the engine, as `--engine` takes it. */
  readonly engine: string
  stop(): Promise<void>
}

export interface LabsOptions {
  /** The file of nats-server. */
  readonly nats: string
  /** Where all of them keep what they know. */
  readonly folder: string
  /** Told of each process that is started, and of its end. */
  readonly onProcess: NonNullable<ProgramOptions['onProcess']>
}

/**
 * Starts all of them.
 *
 * @throws ProgramError which does not start, and why
 */
export async function startLabs({ nats, folder, onProcess }: LabsOptions): Promise<Labs> {
  const ports = await freePorts(1 + SERVERS + NATS_PORTS * NODES)
  const nodes = createNatsNodes({
    ...{ file: nats, folder, count: NODES, onProcess },
    ports: ports.slice(1 + SERVERS),
  })
  const engine = nodes.map(({ address }) => address).join(',')
  const common = { origins: [], replicas: NODES, onProcess, more: WITHOUT_LIMITS }
  const apart = join(folder, 'alone')
  mkdirSync(apart)
  const [alone] = createServers({
    ...common,
    ...{ folder: apart, ports: ports.slice(0, 1), engine: null },
  })
  const shared = createServers({ ...common, folder, ports: ports.slice(1, 1 + SERVERS), engine })
  const labs = [alone!, ...shared]
  const stop = async () => {
    await Promise.all(labs.map(({ program }) => program.stop('SIGINT', STOP_LIMIT_MS)))
    await Promise.all(nodes.map(({ program }) => program.stop('SIGTERM', STOP_LIMIT_MS)))
  }
  try {
    await Promise.all(nodes.map(({ program }) => program.start()))
    for (const { program } of labs) await startLab(program)
  } catch (error) {
    await stop()
    throw error
  }
  return { alone: alone!, shared, engine, stop }
}

/** User and system time that a lab has taken since it was started, in microseconds (`GET /metrics`). */
export async function cpuUsOf({ port }: LabServer): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const found = /^process_cpu_seconds_total (\S+)$/m.exec(text)
  if (!found) throw new Error('this lab does not tell its CPU time')
  return Number(found[1]) * 1e6
}

let drafts = 0
/** No two have the same text: what is read can be told from all else. */
export const nextText = (): string => `m${drafts++}`.padEnd(120, '.')

/** @returns when it is acknowledged */
export async function publish({ port }: LabServer, room: string, text: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/rooms/${room}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ draftId: text.replaceAll('.', ''), author: 'bench', text }),
  })
  if (!response.ok) throw new Error(`it was not taken: ${response.status} ${await response.text()}`)
  await response.body?.cancel()
}
