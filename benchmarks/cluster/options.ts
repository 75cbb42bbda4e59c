/** The command line of `npm run bench:cluster`. */
import { commandLine } from '../../lab/command/options/command-line.ts'
import { number, text } from '../../lab/command/options/kinds.ts'

export const LINE = commandLine({
  name: 'bench:cluster',
  run: 'npm run bench:cluster',
  summary:
    'Measures what it costs that several labs share one log: three labs and three nodes of NATS on this machine, beside one lab alone and beside NATS alone.',
  options: {
    rounds: number({ value: 'N', help: 'rounds, each figure once in each', min: 1, max: 50, usual: 3 }),
    seconds: number({
      value: 'N',
      help: 'how long each turn of a round lasts, in seconds',
      ...{ min: 1, max: 60, usual: 4 },
    }),
    readers: number({
      value: 'N',
      help: 'readers of the crowd',
      ...{ min: 10, max: 5_000, usual: 1_000 },
    }),
    nats: text({ value: 'FILE', help: 'the program nats-server, if it is not where programs are' }),
  },
  more: `It wants nats-server (2.9 or newer); on Debian: apt-get install nats-server
Exit code: 0 measured, 1 something does not start or a message was lost, 2 wrong use.`,
})
