/** The command line of `npm run bench:docs`. */
import { commandLine } from '../lab/command/options/command-line.ts'

export const LINE = commandLine({
  name: 'bench:docs',
  run: 'npm run bench:docs',
  summary: 'Writes the figures of the committed run into the documents that quote them.',
  options: {},
  more: 'Exit code: 0, 1 a document is wrong, 2 wrong use.',
})
