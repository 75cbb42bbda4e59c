/**
 * A program of another maker, or a server of ours, as a process that can be killed, frozen and started again.
 *
 * Each is the first of a process group of its own. So Ctrl-C, which a terminal sends to a whole group, reaches only the
 * command, which ends them in its order; and what it starts itself, as nginx its workers, goes and stands still with it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { isOfGroup } from './owner.ts'

export interface ProgramOptions {
  /** How complaints call it. */
  readonly name: string
  /** The file, and its arguments. */
  readonly command: readonly string[]
  readonly cwd?: string
  /** Whether it serves: looked at until it does. */
  readonly isUp: () => Promise<boolean>
  /** At which it serves, so that no other program which answers there is taken for it; not looked at unless given. */
  readonly port?: number
  /** How long it may take to serve, in milliseconds. */
  readonly startLimitMs?: number
  /** Told of each process that it becomes, and of its end. */
  readonly onProcess?: (pid: number, isThere: boolean) => void
}

export type ProgramState = 'down' | 'starting' | 'alive' | 'frozen'

export interface Program {
  readonly name: string
  readonly state: ProgramState
  /** Null while it is down. */
  readonly pid: number | null
  /** The end of what it wrote. */
  said(): string
  /**
   * Resolves when it serves.
   *
   * @throws ProgramError when it ends before, or does not serve in time; `signal`'s reason when that aborts
   */
  start(signal?: AbortSignal): Promise<void>
  /** At once, and what it has started too. */
  kill(): Promise<void>
  /** In order, by this signal; and at once if it still runs after so many milliseconds. */
  stop(signal: NodeJS.Signals, limitMs: number): Promise<void>
  /** Stands still, as a machine does that has no time. */
  freeze(): void
  thaw(): void
  /**
   * Told when it ends and none of us has ended it, with the exit code or the signal.
   *
   * @returns forgets the listener
   */
  onEnd(listener: (how: string) => void): () => void
}

/** Why a program does not serve, in words for the person who wanted it. */
export class ProgramError extends Error {}

const START_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 20
/** Of what it says, so much is kept, for when it fails. */
const MAX_SAID = 64 * 1_024

/** What ends with this process, by one listener for all. */
const takenAlong = new Set<() => void>()
process.on('exit', () => {
  for (const end of takenAlong) end()
})

export function createProgram(options: ProgramOptions): Program {
  const { name, command, cwd, port, isUp, startLimitMs = START_LIMIT_MS, onProcess = () => {} } = options
  let child: ChildProcess | null = null
  let state: ProgramState = 'down'
  let said = ''
  let isStopping = false
  const listeners = new Set<(how: string) => void>()
  const takeAlong = () => signalGroup('SIGKILL')

  /** A group that is frozen is killed as well: SIGKILL waits for no process. */
  function signalGroup(signal: NodeJS.Signals): void {
    if (child?.pid === undefined) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      // it has ended, and we have not been told yet
    }
  }

  /** The first of its group has the group's number. */
  const isForeign = (pid: number) => port !== undefined && isOfGroup(port, pid) === false

  function spawnIt(): ChildProcess {
    const [file = '', ...args] = command
    const own = spawn(file, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [own.stdout, own.stderr])
      stream.on('data', (data) => {
        said = (said + data).slice(-MAX_SAID)
      })
    own.on('error', (error) => (said += error.message))
    takenAlong.add(takeAlong)
    const { pid } = own
    if (pid !== undefined) onProcess(pid, true)
    own.once('exit', (code, how) => {
      takenAlong.delete(takeAlong)
      signalGroup('SIGKILL') // what it has started, and left
      child = null
      state = 'down'
      if (pid !== undefined) onProcess(pid, false)
      if (!isStopping) for (const listener of listeners) listener(how ?? `exit code ${code}`)
      isStopping = false
    })
    return own
  }

  async function stop(signal: NodeJS.Signals, limitMs: number): Promise<void> {
    const own = child
    if (!own || own.pid === undefined) return
    isStopping = true
    const gone = once(own, 'exit')
    // To the first only: it tells its own.
    if (signal === 'SIGKILL' || state === 'frozen') signalGroup('SIGKILL')
    else own.kill(signal)
    const late = setTimeout(() => signalGroup('SIGKILL'), limitMs)
    await gone
    clearTimeout(late)
  }

  return {
    name,
    get state() {
      return state
    },
    get pid() {
      return child?.pid ?? null
    },
    said: () => said,
    async start(signal) {
      if (child) return
      state = 'starting'
      const own = spawnIt()
      child = own
      const deadline = performance.now() + startLimitMs
      for (;;) {
        const doesServe = await isUp()
        // Looked at first: what answers there may be another program, which has the port.
        if (child !== own || own.pid === undefined) {
          child = null
          state = 'down'
          throw new ProgramError(`${name} did not start: ${lastLines(said)}`)
        }
        if (doesServe && isForeign(own.pid)) {
          await stop('SIGKILL', 0)
          throw new ProgramError(
            `${name} cannot serve: another program listens on its port ${port}, and answers as if it were it`,
          )
        }
        if (doesServe) break
        signal?.throwIfAborted()
        if (performance.now() > deadline)
          throw new ProgramError(
            `${name} does not answer after ${startLimitMs / 1_000} seconds: ${lastLines(said)}`,
          )
        await pause(LOOK_EVERY_MS)
      }
      if (child === own && state === 'starting') state = 'alive'
    },
    stop,
    kill: () => stop('SIGKILL', 0),
    freeze() {
      if (state !== 'alive') return
      signalGroup('SIGSTOP')
      state = 'frozen'
    },
    thaw() {
      if (state !== 'frozen') return
      signalGroup('SIGCONT')
      state = 'alive'
    },
    onEnd(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const LINES_TOLD = 3

function lastLines(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  return lines.length === 0 ? 'it said nothing' : lines.slice(-LINES_TOLD).join('\n')
}
