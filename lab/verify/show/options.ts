/** The command line of `npm run show`. */
import { commandLine } from '../../command/options/command-line.ts'
import { flag } from '../../command/options/kinds.ts'

export const LINE = commandLine({
  name: 'show',
  run: 'npm run show',
  summary:
    'Plays one script to code with a defect and to code without it, and prints the two time lines side by side with a verdict.',
  operands: 'NAME',
  options: { list: flag('name the demonstrations, a line each') },
  more: `Without a name, the demonstrations are listed.
Exit code: 0 the defect shows on the left and not on the right; 1 it does not, so one of the two has been altered; 2 wrong use.`,
})
