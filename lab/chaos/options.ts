/** The command line of `npm run chaos`. */
import { parseArgs } from 'node:util'
import { anySeed } from '../conformance/random.ts'
import { UsageError } from '../server/options.ts'

export const HELP = `Kills the server again and again, breaks every line, and says what was lost.

  npm run chaos -- [options]

  --minutes N  how long (default 1)
  --writers N  so many people write on each transport at once (1 to 20, default 1)
  --seed N     begin chance here (1 to 999999), to repeat a run
  --help       this text

The server keeps its log in a folder of its own, which is removed afterwards unless something was wrong.
Exit code: 0 nothing was lost, doubled, reordered or made up; 1 something was; 2 wrong use; 130 stopped by
Ctrl-C, which gives the verdict on what has happened so far; 143 and 129 by TERM and HUP, which do not.
`

export interface CommandOptions {
  readonly durationMs: number
  /** On each transport. */
  readonly writers: number
  readonly seed: number
  readonly help: boolean
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): CommandOptions {
  const { minutes, writers, seed, help } = parsed(args)
  return {
    durationMs: minutesFrom(minutes) * 60_000,
    writers: writersFrom(writers),
    seed: seedFrom(seed),
    help,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '1' },
        writers: { type: 'string', default: '1' },
        seed: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message.split(/[.\n]/)[0]!)
  }
}

function minutesFrom(text: string): number {
  if (/^\d{1,4}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text)
  throw new UsageError(`--minutes must be a number above 0, not ${JSON.stringify(text)}`)
}

function writersFrom(text: string): number {
  if (/^[1-9]\d?$/.test(text) && Number(text) <= 20) return Number(text)
  throw new UsageError(`--writers must be a whole number from 1 to 20, not ${JSON.stringify(text)}`)
}

function seedFrom(text: string | undefined): number {
  if (text === undefined) return anySeed()
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new UsageError(`--seed must be a whole number from 1 to 999999, not ${JSON.stringify(text)}`)
}
