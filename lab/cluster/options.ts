/** The command line of `npm run cluster`. */
import { commandLine, type Values } from '../command/options/command-line.ts'
import { number, oneOf, text } from '../command/options/kinds.ts'
import { UsageError } from '../command/usage-error.ts'
import { ENGINES, type EngineName } from './engine/node.ts'
import { FRONTS, type FrontName } from './front/front.ts'
import { isProgram } from './machine/find.ts'

/** What a laptop holds with ease. */
const MOST_SERVERS = 9

export interface ClusterOptions {
  readonly servers: number
  readonly engine: EngineName
  readonly engines: number
  readonly front: FrontName
  /** Of the front; 0 for any that is free. */
  readonly port: number
  /** The file of nats-server; null to look for it. */
  readonly nats: string | null
  /** The file of etcd; null to look for it. */
  readonly etcd: string | null
  /** Null for a folder that goes with the command. */
  readonly data: string | null
}

export const LINE = commandLine({
  name: 'cluster',
  run: 'npm run cluster',
  summary:
    'Many servers that are one lab, on this machine: labs on one ordered log (NATS JetStream or etcd), and nginx or HAProxy in front, which sends each request to the next of them. No sticky sessions.',
  options: {
    servers: number({ value: 'NUMBER', help: 'how many labs', ...{ min: 1, max: MOST_SERVERS, usual: 3 } }),
    engine: oneOf<EngineName>(
      { value: 'NAME', help: 'what keeps the log: nats-server, or etcd', usual: 'nats' },
      ENGINES,
    ),
    engines: oneOf<'1' | '3'>(
      {
        value: 'NUMBER',
        help: 'how many nodes of the engine; of three, each entry is kept by all, and one may fail',
        usual: '3',
      },
      ['1', '3'],
    ),
    front: oneOf<FrontName>(
      { value: 'NAME', help: 'what stands in front of the labs', usual: 'nginx' },
      FRONTS,
    ),
    port: number({
      value: 'NUMBER',
      help: 'where the front listens, on loopback, and from where on ports are looked for that all the rest may have; 0 takes any free ones',
      ...{ min: 0, max: 65_000, usual: 3_000 },
    }),
    nats: text({ value: 'FILE', help: 'the program nats-server, if it is not where programs are' }),
    etcd: text({ value: 'FILE', help: 'the program etcd, if it is not where programs are' }),
    data: text({
      value: 'FOLDER',
      help: 'keep what the servers and the engine know in this folder',
      usualWords: 'a temporary one',
    }),
  },
  more: `It wants nats-server (2.9 or newer) and nginx; on Debian: apt-get install nats-server nginx-light
With --engine etcd it wants etcd (3.4 or newer): apt-get install etcd-server
With --front haproxy it wants HAProxy (2.4 or newer): apt-get install haproxy
Ctrl-C stops all of it.
Exit code: 0 after Ctrl-C, TERM or HUP; 1 something does not start; 2 wrong use; 130, 143 or 129 when a signal came before all was open.`,
})

/** @throws UsageError */
export function clusterOptions(values: Values<(typeof LINE)['options']>): ClusterOptions {
  const { engine, nats, etcd } = values
  checkFile('nats', nats, 'nats-server')
  checkFile('etcd', etcd, 'etcd')
  const other = engine === 'nats' ? 'etcd' : 'nats'
  if (values[other] !== null) throw new UsageError(`--${other} goes with --engine ${other}`)
  return { ...values, engines: Number(values.engines) }
}

/**
 * @param file what the option was given; null for nothing
 * @throws UsageError
 */
export function checkFile(option: EngineName, file: string | null, program: string): void {
  if (file !== null && !isProgram(file))
    throw new UsageError(`--${option} ${file} is no program that may be run; give the file of ${program}`)
}
