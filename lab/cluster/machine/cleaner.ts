/**
 * The process that ends what the command has started, when the command itself could not: after SIGKILL, which no process can
 * catch. It is told of each program that starts and ends, and ends with the command (lab/command/children.ts).
 */
import { rmSync } from 'node:fs'
import type { ToCleaner } from './start-cleaner.ts'

const groups = new Set<number>()
let folders: readonly string[] = []

process.on('message', ({ pid, isThere, remove }: ToCleaner) => {
  if (remove) folders = remove
  if (pid !== undefined && isThere) groups.add(pid)
  if (pid !== undefined && !isThere) groups.delete(pid)
})

process.on('exit', () => {
  for (const pid of groups) {
    try {
      process.kill(-pid, 'SIGKILL') // also one that is frozen
    } catch {
      // it has ended
    }
  }
  // Again, if need be: what was killed a moment ago may still have put something there.
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
})

process.channel?.ref() // until it closes: what ends us with our parent has let go of it
process.send?.('ready')
