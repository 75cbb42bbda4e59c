/** The command line of `npm run exercise`. */
import { commandLine } from '../../../lab/command/options/command-line.ts'
import { flag } from '../../../lab/command/options/kinds.ts'

export const LINE = commandLine({
  name: 'exercise',
  run: 'npm run exercise',
  summary: 'Exercises: a starter that fails, and a check that says why.',
  operands: '[NUMBER]',
  options: {
    watch: flag('check it at each save'),
    hint: flag('one hint more'),
    solution: flag('one way to do it'),
  },
  environment: ['EXERCISE_WORK'],
  isBrief: true,
  more: `  npm run exercise                 the list, and what is done
  npm run exercise -- 03           begin exercise 03, or check your work on it
  npm run exercise -- 03 --watch   check it at each save

Your work is in my-work/, which is yours: nothing here ever writes over it. Delete a file there to start that
exercise over. Earlier exercises that you have begun are checked again.
Exit code: 0 all passed, 1 not yet (after --watch: at the last check), 2 wrong use.`,
})

/** Which can be asked of one exercise. */
export const FLAGS = ['watch', 'hint', 'solution'] as const
