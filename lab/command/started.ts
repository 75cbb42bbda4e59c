/** For tests: a command as a person starts it, and all processes that have come of it. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Where descendants can be found: in Linux's /proc. */
export const HAS_PROC = process.platform === 'linux'

export interface Started {
  readonly child: ChildProcess
  readonly said: { out: string; err: string }
  /** The exit code, or the name of the signal. */
  readonly ended: Promise<number | string>
  /** The pids of all that run and have come of it, itself included, and what each runs. */
  family(): ReadonlyMap<number, string>
  /** Ends all of them. */
  end(): void
}

/** An environment is inherited: whatever has this variable has come of the test that set it. */
const MARK = 'STARTED_BY_TEST'

export function started(
  command: readonly string[],
  options: SpawnOptions & { readonly unread?: readonly ('stdout' | 'stderr')[] } = {},
): Started {
  const { unread = [], ...rest } = options
  const mark = randomUUID()
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...rest,
    env: { ...process.env, ...rest.env, [MARK]: mark },
  })
  const said = { out: '', err: '' }
  if (!unread.includes('stdout')) child.stdout?.on('data', (bytes) => (said.out += bytes))
  if (!unread.includes('stderr')) child.stderr?.on('data', (bytes) => (said.err += bytes))
  const family = () => processesWith(`${MARK}=${mark}`)
  return {
    child,
    said,
    ended: new Promise((resolve) =>
      child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')),
    ),
    family,
    end() {
      for (const pid of family().keys()) endProcess(pid)
    },
  }
}

/** What a script of package.json starts, without npm: `start`, `echo`. */
export function script(name: string, ...args: readonly string[]): string[] {
  const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>
  }
  const [program, ...rest] = scripts[name]!.split(' ')
  return [program === 'node' ? process.execPath : program!, ...rest, ...args]
}

/** A file of this repository, run by Node with its loader for TypeScript. */
export const node = (...command: readonly string[]): string[] => [
  process.execPath,
  '--import=tsx',
  ...command,
]

function processesWith(variable: string): Map<number, string> {
  const found = new Map<number, string>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !read(`/proc/${name}/environ`).split('\0').includes(variable)) continue
    if (/^State:\s+Z/m.test(read(`/proc/${name}/status`))) continue // it has ended, and its parent has not yet read its exit code
    found.set(Number(name), read(`/proc/${name}/cmdline`).replaceAll('\0', ' '))
  }
  return found
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended since, or is another user's
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended since
  }
}
