/** The command line of `npm run conformance`. */
import { parseArgs } from 'node:util'
import { UsageError } from '../server/options.ts'
import { anySeed } from './random.ts'

export const HELP = `Runs the contract against a transport: every promise that all transports keep.

  npm run conformance -- FOLDER [options]

  FOLDER        holds your server.ts and client.ts, each with a default export;
                it may be anywhere, inside transports/ or not
  --only TEXT   run the cases whose name contains TEXT
  --seed N      begin chance here (1 to 999999), to repeat a run
  --help        this text

Exit code: 0 all passed, 1 some failed, 2 wrong use, 130 stopped by Ctrl-C (143 by TERM, 129 by HUP).
`

export interface ConformanceOptions {
  readonly folder: string
  readonly only: string
  readonly seed: number
  readonly help: boolean
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): ConformanceOptions {
  const { values, positionals } = parsed(args)
  const [folder, ...others] = positionals
  const help = values.help === true
  if (!help && folder === undefined) throw new UsageError('name the folder of a transport')
  if (others.length > 0) throw new UsageError(`one folder at a time: what is ${JSON.stringify(others[0])}?`)
  return { folder: folder ?? '', only: values.only ?? '', seed: seedFrom(values.seed), help }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { only: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
    })
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]!)
  }
}

function seedFrom(text: string | undefined): number {
  if (text === undefined) return anySeed()
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new UsageError(`--seed must be a whole number from 1 to 999999, not ${JSON.stringify(text)}`)
}
