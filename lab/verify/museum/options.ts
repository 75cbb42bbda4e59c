/** The command line of `npm run museum`. */
import { commandLine, type Values } from '../../command/options/command-line.ts'
import { flag, many, number } from '../../command/options/kinds.ts'
import { UsageError } from '../../command/usage-error.ts'
import { BUGS, type Bug } from './bugs.ts'

export const LINE = commandLine({
  name: 'museum',
  run: 'npm run museum',
  summary:
    'A WebSocket server with a bug of your choice, to see it with your own eyes (docs/museum.md). What one client says is sent to all.',
  options: {
    list: flag('name the bugs, a line each'),
    bug: many<Bug>({ value: 'NAME', help: 'switch this one on' }, null, bugFrom),
    show: flag('play the bytes that show it, and end'),
    port: number({
      value: 'N',
      help: 'where to listen, on 127.0.0.1',
      ...{ min: 0, max: 65_535, usual: 0, usualWords: 'a free one' },
    }),
  },
  more: 'Exit code: 0 ended, by Ctrl-C too; 2 wrong use.',
})

export type MuseumCommand =
  | { readonly kind: 'list' }
  | { readonly kind: 'show' | 'serve'; readonly bugs: readonly Bug[]; readonly port: number }

/** @throws UsageError without a bug */
export function museumCommand({ list, bug, show, port }: Values<(typeof LINE)['options']>): MuseumCommand {
  if (list) return { kind: 'list' }
  if (bug.length === 0) throw new UsageError('--bug must name a bug; --list names them')
  return { kind: show ? 'show' : 'serve', bugs: bug, port }
}

function bugFrom(text: string): Bug {
  const found = BUGS.find((name) => name === text)
  if (found) return found
  throw new UsageError(`there is no bug ${JSON.stringify(text)}; --list names them`)
}
