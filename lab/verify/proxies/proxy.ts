/** A real proxy, started with the file that docs/deploy publishes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePorts, isOpen } from '../kit/network/ports.ts'
import { type Certificate, makeCertificate, NAME } from './certificate.ts'
import { type Change, published } from './published.ts'

/** What a proxy is told by a test. */
export interface Places {
  /** Where it listens, and where the lab does. */
  readonly ports: {
    readonly http: number
    readonly https: number
    readonly admin: number
    readonly lab: number
  }
  /** A folder of its own. */
  readonly folder: string
  readonly certificate: Certificate
}

/** One kind of proxy: how to start it with its published file, and how to make it read that file again. */
export interface ProxyKind {
  readonly program: string
  readonly file: string
  /** False for one that leaves TLS to something in front of it: it is asked by HTTP/1.1, without. */
  readonly hasTls?: boolean
  places(at: Places): readonly Change[]
  /** @param config the file to read */
  start(config: string, at: Places): readonly string[]
  reload(running: ChildProcess, config: string, at: Places): Promise<void>
  /** How long it waits for a server that says nothing, other than published. */
  idleLimit(seconds: number): readonly Change[]
  /** How long a reload leaves open streams with the old configuration, other than published. */
  drainLimit(seconds: number): readonly Change[]
}

export interface RealProxy {
  /** Where clients find it, by the name in docs/deploy. */
  readonly url: string
  readonly ports: Places['ports']
  readonly certificate: Certificate
  /** All that it wrote to its output. */
  said(): string
  /** Makes it read its file again, with other changes, as `systemctl reload` does. */
  reload(changes?: readonly Change[]): Promise<void>
  stop(): Promise<void>
}

const START_LIMIT_MS = 20_000
const LOOK_EVERY_MS = 20
/** Between finding a free port and taking it, another process may take it. */
const TRIES = 5

/** @param changes what else shall be otherwise than published */
export async function startProxy(
  kind: ProxyKind,
  lab: number,
  changes: readonly Change[] = [],
): Promise<RealProxy> {
  for (let tries = 1; ; tries++) {
    try {
      return await tryToStart(kind, lab, changes)
    } catch (error) {
      if (tries === TRIES || !/address (already )?in use/i.test(String(error))) throw error
    }
  }
}

async function tryToStart(kind: ProxyKind, lab: number, changes: readonly Change[]): Promise<RealProxy> {
  const { hasTls = true } = kind
  const folder = mkdtempSync(join(tmpdir(), `transport-lab-${kind.program}-`))
  chmodSync(folder, 0o755) // nginx's workers run as another user
  const certificate = makeCertificate(folder)
  const [http, https, admin] = await freePorts(3)
  const ports = { http: http!, https: https!, admin: admin!, lab }
  const at: Places = { ports, folder, certificate }
  const config = join(folder, basename(kind.file))
  const write = (more: readonly Change[]) =>
    writeFileSync(config, published(kind.file, [...more, ...kind.places(at)]))

  write(changes)
  const [program, ...args] = kind.start(config, at)
  const child = spawn(program!, args, { cwd: folder, env: { ...process.env, HOME: folder } })
  const takeAlong = () => child.kill('SIGKILL')
  process.on('exit', takeAlong)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
  const gone = once(child, 'exit').catch(() => {})
  child.on('error', (error) => (said += error.message))

  async function stop(): Promise<void> {
    process.off('exit', takeAlong)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM') // for all of them: now, and not when the last stream has ended
      await gone
    }
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    await whenItListens(hasTls ? ports.https : ports.http, child)
  } catch {
    await stop()
    throw new Error(`${kind.program} did not start:\n${said}`)
  }
  return {
    url: hasTls ? `https://${NAME}:${ports.https}` : `http://${NAME}:${ports.http}`,
    ports,
    certificate,
    said: () => said,
    async reload(more = changes) {
      write(more)
      await kind.reload(child, config, at)
    },
    stop,
  }
}

async function whenItListens(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) break
    if (await isOpen(port)) return
    await pause(LOOK_EVERY_MS)
  }
  throw new Error(`no program listens on port ${port}`)
}
