/** The command line of `npm run echo`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { TRANSPORTS, type TransportName } from '../../../transports/manifest.ts'
import { UsageError } from '../../command/usage-error.ts'

const fileOf = (name: TransportName) =>
  join(import.meta.dirname, `../../../transports/${name}/server-echo.ts`)

/** The transports that speak WebSocket, and so can be held against its conformance suite. */
export const ECHOES: readonly TransportName[] = TRANSPORTS.filter((name) => existsSync(fileOf(name)))

const MAX_MESSAGE = 16 * 1024 * 1024

export const HELP = `An echo server for WebSocket conformance suites: each message comes back as it went in, text as text.
It has the shipped handshake, parser, writer and closing, and nothing of the chat.

  npm run echo -- --transport NAME [options]

  --transport NAME    ${ECHOES.join(', ')}
  --port N            where to listen; a free port unless given
  --host ADDRESS      of this machine; 127.0.0.1 unless given. An echo answers every program that reaches it
  --max-message N     longest message in bytes; ${MAX_MESSAGE} unless given
  --origin ORIGIN     let pages of this origin connect, as https://chat.example; may be given more than once.
                      Programs, which send no Origin, always may
  --help              this text

Ctrl-C ends it. Exit code: 0 ended, 2 wrong use.
`

export interface EchoCommand {
  readonly transport: TransportName
  readonly port: number
  /** An address of this machine, or a name that has one. */
  readonly host: string
  readonly maxMessage: number
  readonly origins: readonly string[]
}

/** @returns null when only help is wanted. @throws UsageError */
export function parseEcho(args: readonly string[]): EchoCommand | null {
  const values = parsed(args)
  if (values.help) return null
  return {
    transport: transportFrom(values.transport),
    port: numberFrom('--port', values.port ?? '0', 0, 65_535),
    host: hostFrom(values.host),
    maxMessage: numberFrom('--max-message', values['max-message'] ?? `${MAX_MESSAGE}`, 1, 2 ** 30),
    origins: (values.origin ?? []).map(originFrom),
  }
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ transport: text, port: text, host: text, 'max-message': text },
        origin: { ...text, multiple: true },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]!)
  }
}

function transportFrom(text: string | undefined): TransportName {
  const found = ECHOES.find((name) => name === text)
  if (found) return found
  const those = `one of ${ECHOES.join(', ')}`
  if (text === undefined) throw new UsageError(`--transport must name ${those}`)
  throw new UsageError(`--transport must name ${those}, not ${JSON.stringify(text)}`)
}

function hostFrom(text = '127.0.0.1'): string {
  if (/^[\w.:-]+$/.test(text)) return text
  throw new UsageError(`--host must be an address, as 127.0.0.1, not ${JSON.stringify(text)}`)
}

function numberFrom(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d{1,10}$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(
    `${option} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`,
  )
}

function originFrom(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash)
    return url.origin
  throw new UsageError(`--origin must look like https://chat.example, not ${JSON.stringify(text)}`)
}
