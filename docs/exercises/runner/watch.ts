/** `--watch`: checks again at each save. */
import { watch } from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import { onEnding } from '../../../lab/command/ending.ts'
import { say } from '../../../lab/command/terminal.ts'
import { type Entry, ROOT, workOn } from './catalog.ts'
import { checkWithEarlier } from './report.ts'

/** An editor writes in several steps. */
const SETTLED_MS = 150

/** @returns when Ctrl-C has been pressed: whether the last check passed */
export function watchAndCheck(entries: readonly Entry[], entry: Entry, passed: boolean): Promise<boolean> {
  const file = workOn(entry)
  let lastPassed = passed
  let due: NodeJS.Timeout | undefined
  let running = new AbortController()

  say(`\nWatching ${relative(ROOT, file)}. Ctrl-C ends.`)
  // The folder and not the file: some editors put a new file in the place of the old.
  const watcher = watch(dirname(file), (_event, name) => {
    if (name !== null && name !== basename(file)) return
    clearTimeout(due)
    due = setTimeout(() => void checkAgain(), SETTLED_MS)
  })

  /** One check at a time. The verdict on an older save is a stale answer: it must not come behind the newer. */
  async function checkAgain(): Promise<void> {
    running.abort()
    const mine = new AbortController()
    running = mine
    say(`\n── saved at ${new Date().toLocaleTimeString()} ──`)
    const hasPassed = await checkWithEarlier(entries, entry, mine.signal)
    if (!mine.signal.aborted) lastPassed = hasPassed
  }

  return new Promise((resolve) => {
    onEnding(() => {
      clearTimeout(due)
      watcher.close()
      running.abort()
      say()
      resolve(lastPassed)
    })
  })
}
