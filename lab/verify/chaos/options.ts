/** The command line of `npm run chaos`. */
import { commandLine, type Values } from '../../command/options/command-line.ts'
import { number } from '../../command/options/kinds.ts'
import { anySeed } from '../../wire/random.ts'

export const LINE = commandLine({
  name: 'chaos',
  run: 'npm run chaos',
  summary: 'Kills the server again and again, breaks every line, and says what was lost.',
  options: {
    minutes: number({
      value: 'N',
      help: 'how long',
      ...{ min: 0.01, max: 9_999, fraction: true, usual: 1 },
    }),
    writers: number({
      value: 'N',
      help: 'so many people write on each transport at once',
      ...{ min: 1, max: 20, usual: 1 },
    }),
    seed: number({ value: 'N', help: 'begin chance here, to repeat a run', min: 1, max: 999_999 }),
  },
  more: `The server keeps its log in a folder of its own, which is removed afterwards unless something was wrong.
Exit code: 0 nothing was lost, doubled, reordered or made up; 1 something was; 2 wrong use; 130 stopped by
Ctrl-C, which gives the verdict on what has happened so far; 143 and 129 by TERM and HUP, which do not.`,
})

export interface CommandOptions {
  readonly durationMs: number
  /** On each transport. */
  readonly writers: number
  readonly seed: number
}

export const commandOptions = ({
  minutes,
  writers,
  seed,
}: Values<(typeof LINE)['options']>): CommandOptions => ({
  durationMs: minutes * 60_000,
  writers,
  seed: seed ?? anySeed(),
})
