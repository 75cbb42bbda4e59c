/** The command line of `npm run check`. */
import { commandLine } from '../../command/options/command-line.ts'
import { flag } from '../../command/options/kinds.ts'

export const LINE = commandLine({
  name: 'check',
  run: 'npm run check',
  summary:
    'Everything that must hold before a change is kept: format, lint, types, npm test and all other tests.',
  operands: '[PROJECT…]',
  options: { tests: flag('only the tests of the projects that are named (see vitest.config.ts)') },
  environment: ['CI', 'SEED', 'TRANSPORT_LAB_BUILD'],
  more: `  npm run check -- --tests unit contract

Exit code: 0 all held, 1 something did not, 2 wrong use, 130 stopped by Ctrl-C (143 by TERM, 129 by HUP).`,
})
