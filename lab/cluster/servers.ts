/** The labs of a cluster: `npm start`'s own program, compiled as it is there, each with a folder of its own and one engine for all. */
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { answersOk } from './machine/ask.ts'
import { createProgram, type Program, ProgramError, type ProgramOptions } from './machine/program.ts'

const root = resolve(import.meta.dirname, '../..')

/** It may have to be compiled first, and the pages made, on a machine where three do so at once. */
const START_LIMIT_MS = 180_000

export interface LabServer {
  readonly program: Program
  readonly port: number
}

export interface ServersOptions {
  /** Of the whole cluster; each lab has one in it. */
  readonly folder: string
  readonly ports: readonly number[]
  /** The origins of the front: its pages may write. */
  readonly origins: readonly string[]
  /** As `--engine` takes it; null for labs that are each alone. */
  readonly engine: string | null
  /** More of `npm start`'s own options, for each; none unless given. */
  readonly more?: readonly string[]
  /** How many nodes keep each entry, for an engine that is told so. */
  readonly replicas: number | null
  readonly onProcess: ProgramOptions['onProcess']
}

export function createServers({
  folder,
  ports,
  origins,
  engine,
  replicas,
  more = [],
  onProcess,
}: ServersOptions): LabServer[] {
  return ports.map((port, i) => {
    const name = `server-${i + 1}`
    const command = [
      ...[process.execPath, 'lab/command/compiled/run.js', 'lab/app/main.ts'],
      ...['--single-port', '--port', String(port), '--data', join(folder, name)],
      ...(engine === null ? [] : ['--engine', engine]),
      ...(engine === null || replicas === null ? [] : ['--engine-replicas', String(replicas)]),
      ...origins.flatMap((origin) => ['--origin', origin]),
      ...['--trust-proxy', '127.0.0.1', '--log', join(folder, `${name}.log`)],
      ...more,
    ]
    const program = createProgram({
      ...{ name, command, cwd: root, port, startLimitMs: START_LIMIT_MS },
      isUp: () => answersOk(`http://127.0.0.1:${port}/healthz`),
      ...(onProcess && { onProcess }),
    })
    return { program, port }
  })
}

/** Three nodes that have just begun may not have agreed yet who leads, and then the log cannot be made. */
const TRIES = 5
const AGAIN_AFTER_MS = 1_000

/**
 * Starts a lab that may be the first of a log.
 *
 * @throws ProgramError when it does not start; `signal`'s reason when that aborts
 */
export async function startLab(lab: Program, signal?: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await lab.start(signal)
    } catch (error) {
      if (!(error instanceof ProgramError) || tries === TRIES || lab.state !== 'down') throw error
      await pause(AGAIN_AFTER_MS, undefined, { signal })
    }
  }
}
