/** The command line of `npm run conformance`. */
import { commandLine, type Given } from '../../command/options/command-line.ts'
import { number, text } from '../../command/options/kinds.ts'
import { UsageError } from '../../command/usage-error.ts'
import { anySeed } from '../../wire/random.ts'
import { SubjectError } from './load-subject.ts'

export const LINE = commandLine({
  name: 'conformance',
  run: 'npm run conformance',
  summary: 'Runs the contract against a transport: every promise that all transports keep.',
  operands: 'FOLDER',
  options: {
    only: text({ value: 'TEXT', help: 'run the cases whose name contains TEXT' }),
    seed: number({ value: 'N', help: 'begin chance here, to repeat a run', min: 1, max: 999_999 }),
  },
  more: `FOLDER holds your server.ts and client.ts, each with a default export; it may be anywhere, inside transports/
or not. One that chooses among other transports, as its transport.ts says, has no server.ts.
Exit code: 0 all passed, 1 some failed, 2 wrong use, 130 stopped by Ctrl-C (143 by TERM, 129 by HUP).`,
  forPeople: (error) => error instanceof SubjectError,
})

export interface ConformanceOptions {
  readonly folder: string
  readonly only: string
  readonly seed: number
}

/** @throws UsageError */
export function conformanceOptions({
  values,
  operands,
}: Given<(typeof LINE)['options']>): ConformanceOptions {
  const [folder, ...others] = operands
  if (folder === undefined) throw new UsageError('name the folder of a transport')
  if (others.length > 0) throw new UsageError(`one folder at a time: what is ${JSON.stringify(others[0])}?`)
  return { folder, only: values.only ?? '', seed: values.seed ?? anySeed() }
}
