/** The command line of `npm run chaos`. */
import { ENGINES, type EngineName } from '../../cluster/engine/node.ts'
import { commandLine, type Values } from '../../command/options/command-line.ts'
import { flag, number, oneOf } from '../../command/options/kinds.ts'
import { UsageError } from '../../command/usage-error.ts'
import { anySeed } from '../../wire/random.ts'

const SERVERS = 3

export const LINE = commandLine({
  name: 'chaos',
  run: 'npm run chaos',
  summary: 'Kills the server again and again, breaks every line, and says what was lost.',
  options: {
    cluster: flag(
      'over several servers on one engine, all of which are killed, stopped and cut off from each other',
    ),
    servers: number({
      value: 'N',
      help: 'with --cluster: how many servers',
      ...{ min: 2, max: 9, usual: SERVERS },
    }),
    engine: oneOf<EngineName>(
      { value: 'NAME', help: 'with --cluster: what keeps the log', usual: 'nats' },
      ENGINES,
    ),
    engines: oneOf({ value: 'N', help: 'with --cluster: how many nodes of the engine', usual: '3' }, [
      '1',
      '3',
    ]),
    cuts: oneOf(
      {
        value: 'WHAT',
        help: 'with --cluster: what is cut off: nodes of NATS from each other too, or only servers from nodes, as always with etcd',
        usual: 'all',
      },
      ['all', 'servers'],
    ),
    minutes: number({
      value: 'N',
      help: 'how long',
      ...{ min: 0.01, max: 9_999, fraction: true, usual: 1 },
    }),
    writers: number({
      value: 'N',
      help: 'so many people write on each transport at once; with --cluster, every second of them goes from server to server',
      ...{ min: 1, max: 20, usual: 1 },
    }),
    seed: number({ value: 'N', help: 'begin chance here, to repeat a run', min: 1, max: 999_999 }),
  },
  more: `The server keeps its log in a folder of its own, which is removed afterwards unless something was wrong.
With --cluster (which needs nats-server, or etcd) the verdict tells what the lab has lost from what the engine has.
Exit code: 0 nothing was lost, doubled, reordered or made up; 1 something was; 2 wrong use; 130 stopped by
Ctrl-C, which gives the verdict on what has happened so far; 143 and 129 by TERM and HUP, which do not.`,
})

export interface CommandOptions {
  readonly durationMs: number
  /** On each transport. */
  readonly writers: number
  readonly seed: number
  /** Null for one server without an engine. */
  readonly cluster: {
    readonly labs: number
    readonly engine: EngineName
    readonly engines: 1 | 3
    readonly splits: boolean
  } | null
}

export const commandOptions = ({
  minutes,
  writers,
  seed,
  cluster,
  servers,
  engine,
  engines,
  cuts,
}: Values<(typeof LINE)['options']>): CommandOptions => {
  if (!cluster && (servers !== SERVERS || engine !== 'nats' || engines !== '3' || cuts !== 'all'))
    throw new UsageError('--servers, --engine, --engines and --cuts go with --cluster')
  return {
    durationMs: minutes * 60_000,
    writers,
    seed: seed ?? anySeed(),
    cluster: cluster
      ? { labs: servers, engine, engines: engines === '1' ? 1 : 3, splits: cuts === 'all' }
      : null,
  }
}
