/** What has come of a learner's file: its checks run in a process that may loop, exit or take all memory. */
import { join } from 'node:path'
import { startChild } from '../../../lab/command/children.ts'
import { print, printError } from '../../../lab/command/terminal.ts'
import { type Entry, ROOT } from './catalog.ts'
import type { Word } from './child.ts'
import type { Outcome } from './run-checks.ts'

/** No check takes a tenth of it; an endless loop takes all. */
export const LIMIT_MS = 20_000
/** A loop that only collects ends after a second or two instead of taking the machine's memory. */
const MEMORY_MB = 256
const TOO_MUCH = `it took more than ${MEMORY_MB} MB of memory: a loop that goes on collecting?`
/** With these words V8 begins its report, which is about V8 and not about what was written. */
const OUT_OF_MEMORY = /<--- Last few GCs --->|FATAL ERROR: .*heap/

export interface Options {
  readonly limitMs?: number
  /** Ends the process; there is no outcome then. */
  readonly signal?: AbortSignal
  /** Without what the learner's code prints. */
  readonly quiet?: boolean
}

/** @returns null when the signal came first */
export function outcomeOf(
  entry: Entry,
  file: string,
  { limitMs = LIMIT_MS, signal, quiet }: Options = {},
): Promise<Outcome | null> {
  return new Promise((resolveOutcome) => {
    const begun: string[] = []
    let outcome: Outcome | null | undefined
    let ranOutOfMemory = false
    const child = startChild([join(import.meta.dirname, 'child.ts'), entry.folder, file], {
      flags: [`--max-old-space-size=${MEMORY_MB}`],
      cwd: ROOT,
      stdout: quiet ? 'ignore' : 'pipe', // not inherited: a pipe that was closed is no fault of the learner's
      stderr: 'pipe',
    })
    const limit = setTimeout(
      () => fail(`it did not come to an end within ${limitMs / 1_000} s: an endless loop?`),
      limitMs,
    )
    const cancel = () => done(null)
    signal?.addEventListener('abort', cancel)
    if (signal?.aborted) cancel()

    child.stdout?.on('data', (bytes: Buffer) => print(String(bytes)))
    child.stderr!.on('data', (bytes: Buffer) => {
      ranOutOfMemory ||= OUT_OF_MEMORY.test(String(bytes))
      if (!quiet && !ranOutOfMemory) printError(String(bytes))
    })
    child.on('message', (word: Word) => {
      if (word.kind === 'begins') begun.push(word.name)
      else if (word.kind === 'failed') fail(word.why)
      else done(word)
    })
    // With its last word the process has not ended yet, and some of what it printed may be on the way.
    child.on('close', () => {
      if (outcome === undefined) fail(ranOutOfMemory ? TOO_MUCH : 'your code ended the process')
      clearTimeout(limit)
      signal?.removeEventListener('abort', cancel)
      resolveOutcome(outcome ?? null)
    })

    /** It was the check that had begun last; before the first, the file itself. */
    function fail(why: string): void {
      const name = begun.at(-1)
      if (name === undefined) done({ kind: 'broken', why })
      else done({ kind: 'unmet', passed: begun.slice(0, -1), name, why })
    }
    function done(its: Outcome | null): void {
      if (outcome === undefined) outcome = its
      child.kill('SIGKILL')
    }
  })
}
