/**
 * Starting processes that end when we do, however that happens: also by SIGKILL, which no process can catch.
 *
 * Each child has an IPC channel to us, and loads {@link file://./end-with-parent.ts} before its own program. When
 * the channel closes, the child ends; if it is in an endless loop and cannot notice, a thread of it does.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'end-with-parent.ts')).href

/** What the preload is told, in the child's environment. */
export const ORPHAN = 'TRANSPORT_LAB_ORPHAN'

export interface OrphanOrders {
  /** Our pid: a child whose parent is another has lost us. */
  readonly parent: number
  /** What is removed by a child that has lost us. */
  readonly remove: readonly string[]
  /** Whether it is the first of a process group, and takes the group along. */
  readonly group: boolean
}

export interface ChildOptions extends Pick<SpawnOptions, 'cwd' | 'detached'> {
  readonly stdout: 'pipe' | 'ignore' | 'inherit'
  readonly stderr: 'pipe' | 'ignore' | 'inherit'
  /** Options of Node itself, as `--expose-gc`. */
  readonly flags?: readonly string[]
  /** Folders of ours that the child removes when it has lost us. */
  readonly remove?: readonly string[]
}

/**
 * Starts a TypeScript file of this repository.
 *
 * @param command the file, and its arguments
 */
export function startChild(
  command: readonly string[],
  { stdout, stderr, flags = [], remove = [], ...options }: ChildOptions,
): ChildProcess {
  const orders: OrphanOrders = { parent: process.pid, remove, group: options.detached === true }
  const child = spawn(process.execPath, ['--import=tsx', `--import=${PRELOAD}`, ...flags, ...command], {
    ...options,
    env: { ...process.env, [ORPHAN]: JSON.stringify(orders) },
    stdio: ['ignore', stdout, stderr, 'ipc'],
  })
  // And whatever else ends us in order: it need not wait for the channel.
  const takeAlong = () => {
    if (options.detached && child.pid !== undefined) killGroup(child.pid)
    else child.kill('SIGKILL')
  }
  process.prependListener('exit', takeAlong) // before our folders are removed, in which it may still write
  child.once('exit', () => process.off('exit', takeAlong))
  return child
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // they have ended by themselves
  }
}
