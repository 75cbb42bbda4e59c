/** The command line of `npm run museum`. */
import { parseArgs } from 'node:util'
import { UsageError } from '../../command/usage-error.ts'
import { BUGS, type Bug } from './bugs.ts'

export const HELP = `A WebSocket server with a bug of your choice, to see it with your own eyes. See docs/museum.md.

  npm run museum -- --list
  npm run museum -- --bug NAME [options]

  --list          the bugs, a line each
  --bug NAME      switch this one on; may be given more than once
  --show          play the bytes that show it, and end
  --port N        where to listen, on 127.0.0.1; a free port unless given
  --help          this text

What one client says is sent to all. Ctrl-C ends it. Exit code: 0 ended, 2 wrong use.
`

export type MuseumCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | { readonly kind: 'show' | 'serve'; readonly bugs: readonly Bug[]; readonly port: number }

/** @throws UsageError */
export function parseMuseum(args: readonly string[]): MuseumCommand {
  const values = parsed(args)
  if (values.help) return { kind: 'help' }
  if (values.list) return { kind: 'list' }
  const bugs = (values.bug ?? []).map(bugFrom)
  if (bugs.length === 0) throw new UsageError('--bug must name a bug; --list names them')
  return { kind: values.show ? 'show' : 'serve', bugs, port: portFrom(values.port ?? '0') }
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ list: flag, show: flag, help: flag },
        bug: { type: 'string', multiple: true },
        port: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]!)
  }
}

function bugFrom(text: string): Bug {
  const found = BUGS.find((name) => name === text)
  if (found) return found
  throw new UsageError(`there is no bug ${JSON.stringify(text)}; --list names them`)
}

function portFrom(text: string): number {
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value
  throw new UsageError(`--port must be a whole number from 0 to 65535, not ${JSON.stringify(text)}`)
}
