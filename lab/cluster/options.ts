/** The command line of `npm run cluster`. */
import { commandLine, type Values } from '../command/options/command-line.ts'
import { number, oneOf, text } from '../command/options/kinds.ts'
import { UsageError } from '../command/usage-error.ts'
import { isProgram } from './machine/find.ts'

/** What a laptop holds with ease. */
const MOST_SERVERS = 9

export interface ClusterOptions {
  readonly servers: number
  readonly engines: number
  /** Of the front; 0 for any that is free. */
  readonly port: number
  /** The file of nats-server; null to look for it. */
  readonly nats: string | null
  /** Null for a folder that goes with the command. */
  readonly data: string | null
}

export const LINE = commandLine({
  name: 'cluster',
  run: 'npm run cluster',
  summary:
    'Many servers that are one lab, on this machine: labs on one ordered log (NATS JetStream), and nginx in front, which sends each request to the next of them. No sticky sessions.',
  options: {
    servers: number({ value: 'NUMBER', help: 'how many labs', ...{ min: 1, max: MOST_SERVERS, usual: 3 } }),
    engines: oneOf<'1' | '3'>(
      {
        value: 'NUMBER',
        help: 'how many nodes of the engine; of three, each entry is kept by all, and one may fail',
        usual: '3',
      },
      ['1', '3'],
    ),
    port: number({
      value: 'NUMBER',
      help: 'where the front listens, on loopback, and from where on ports are looked for that all the rest may have; 0 takes any free ones',
      ...{ min: 0, max: 65_000, usual: 3_000 },
    }),
    nats: text({ value: 'FILE', help: 'the program nats-server, if it is not where programs are' }),
    data: text({
      value: 'FOLDER',
      help: 'keep what the servers and the engine know in this folder',
      usualWords: 'a temporary one',
    }),
  },
  more: `It wants nats-server (2.9 or newer) and nginx; on Debian: apt-get install nats-server nginx-light
Ctrl-C stops all of it.
Exit code: 0 after Ctrl-C, TERM or HUP; 1 something does not start; 2 wrong use; 130, 143 or 129 when a signal came before all was open.`,
})

/** @throws UsageError */
export function clusterOptions(values: Values<(typeof LINE)['options']>): ClusterOptions {
  const { nats } = values
  checkNats(nats)
  return { ...values, engines: Number(values.engines) }
}

/**
 * @param nats what `--nats` was given; null for nothing
 * @throws UsageError
 */
export function checkNats(nats: string | null): void {
  if (nats !== null && !isProgram(nats))
    throw new UsageError(`--nats ${nats} is no program that may be run; give the file of nats-server`)
}
