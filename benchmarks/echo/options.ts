/** The command line of `npm run bench:echo`. */
import { commandLine } from '../../lab/command/options/command-line.ts'
import { number } from '../../lab/command/options/kinds.ts'

export const LINE = commandLine({
  name: 'bench:echo',
  run: 'npm run bench:echo',
  summary:
    'Measures the echo servers of npm run echo beside raw TCP: memory of an idle connection, CPU of a message.',
  options: {
    rounds: number({ value: 'N', help: 'rounds, each subject once in each', min: 1, max: 50, usual: 5 }),
    connections: number({
      value: 'N',
      help: 'idle connections whose memory is measured',
      ...{ min: 1, max: 20_000, usual: 4_000 },
    }),
    messages: number({ value: 'N', help: 'messages of each turn', min: 1, max: 10_000_000, usual: 200_000 }),
    bytes: number({ value: 'N', help: 'payload of a message', min: 1, max: 1_000_000, usual: 125 }),
  },
  more: 'Exit code: 0 measured, 2 wrong use.',
})
