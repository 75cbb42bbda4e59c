/** The command lines of `npm run docs:build` and `npm run docs:sync`. */
import { commandLine } from '../../lab/command/options/command-line.ts'

export const BUILD_LINE = commandLine({
  name: 'docs:build',
  run: 'npm run docs:build',
  summary: 'Builds the course’s site alone, without the lab: to see what is wrong with a document.',
  options: {},
  environment: ['TRANSPORT_LAB_BUILD'],
  more: 'Exit code: 0 built, 1 a document is wrong, 2 wrong use.',
})

export const SYNC_LINE = commandLine({
  name: 'docs:sync',
  run: 'npm run docs:sync',
  summary:
    'Writes into the documents what is made from the source: quotations, tables, and the generated pages.',
  options: {},
  more: 'Exit code: 0, 1 a document is wrong, 2 wrong use.',
})
