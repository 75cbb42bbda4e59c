/** The command line of `npm start`. */
import { parseArgs } from 'node:util'

export const HELP = `Transport Lab: one chat over many transports, side by side.

  npm start -- [options]

  --port NUMBER   where to listen (default 3000; 0 takes any free port)
  --host ADDRESS  on which address (default 127.0.0.1; 0.0.0.0 lets a whole class in)
  --origin URL    also let pages of this origin write; may be given more than once
  --help          this text

Ctrl-C stops: every connection is told, and all is closed within 2 seconds.
`

export interface StartOptions {
  readonly port: number
  readonly host: string
  readonly origins: readonly string[]
  readonly help: boolean
}

/** Wrong use: its message is for the person at the terminal, and the exit code is 2. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): StartOptions {
  const { port, host, origin, help } = parsed(args)
  return {
    port: portFrom(port),
    // One address, not two: "localhost" may stand for an IPv4 and an IPv6 address at once.
    host: host === 'localhost' ? '127.0.0.1' : host,
    origins: origin.map(originFrom),
    help,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '3000' },
        host: { type: 'string', default: '127.0.0.1' },
        origin: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    // Node adds advice about `--` for file names, which this command does not take.
    throw new UsageError((error as Error).message.split(/[.\n]/)[0]!)
  }
}

function portFrom(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new UsageError(`--port must be a number from 0 to 65535, not ${JSON.stringify(text)}`)
}

function originFrom(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash)
    return url.origin
  throw new UsageError(`--origin must look like https://chat.example, not ${JSON.stringify(text)}`)
}
