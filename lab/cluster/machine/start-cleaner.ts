/** Starts the {@link file://./cleaner.ts}: before any program, so that none can be left behind. */
import { once } from 'node:events'
import { join } from 'node:path'
import { startChild } from '../../command/children.ts'
import { ProgramError } from './program.ts'

/** What it is told. */
export interface ToCleaner {
  /** The first of a process group that has started, or has ended. */
  readonly pid?: number
  readonly isThere?: boolean
  /** Folders that go when the command has gone. */
  readonly remove?: readonly string[]
}

/**
 * @param remove folders that go with us
 * @returns tells it of a process group
 * @throws ProgramError
 */
export async function startCleaner(
  remove: readonly string[],
): Promise<(pid: number, isThere: boolean) => void> {
  // Detached, so that Ctrl-C does not reach it.
  const child = startChild([join(import.meta.dirname, 'cleaner.ts')], {
    stdout: 'ignore',
    stderr: 'inherit',
    detached: true,
  })
  const tell = (words: ToCleaner) => void (child.connected && child.send(words, () => {}))
  const isReady = await Promise.race([
    once(child, 'message').then(() => true),
    once(child, 'exit').then(() => false),
  ])
  if (!isReady) throw new ProgramError('the process that cleans up after this one has ended')
  // We may end while it runs, and before it.
  child.channel?.unref()
  child.unref()
  tell({ remove })
  return (pid, isThere) => tell({ pid, isThere })
}
