/** The command line of `npm run screenshots`. */
import { commandLine } from '../../command/options/command-line.ts'

export const LINE = commandLine({
  name: 'screenshots',
  run: 'npm run screenshots',
  summary:
    'Pictures of the lab page at work: lab-light.png and lab-dark.png, and a WebP file for each of its views.',
  operands: '[FOLDER]',
  options: {},
  environment: ['CHROMIUM'],
  more: `FOLDER is docs/images unless given.
Exit code: 0; 2 wrong use, or no browser; 130 stopped by Ctrl-C (143 by TERM, 129 by HUP).`,
})
