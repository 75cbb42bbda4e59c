/** The command line of `npm run echo`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TRANSPORTS, type TransportName } from '../../../transports/manifest.ts'
import { commandLine, parse, type Values } from '../../command/options/command-line.ts'
import { many, number, one } from '../../command/options/kinds.ts'
import { UsageError } from '../../command/usage-error.ts'

const fileOf = (name: TransportName) =>
  join(import.meta.dirname, `../../../transports/${name}/server-echo.ts`)

/** The transports that speak WebSocket, and so can be held against its conformance suite. */
export const ECHOES: readonly TransportName[] = TRANSPORTS.filter((name) => existsSync(fileOf(name)))

const MAX_MESSAGE = 16 * 1024 * 1024

export const LINE = commandLine({
  name: 'echo',
  run: 'npm run echo',
  summary:
    'An echo server for WebSocket conformance suites: each message comes back as it went in, text as text. It has the shipped handshake, parser, writer and closing, and nothing of the chat.',
  options: {
    transport: one<TransportName>(
      { value: 'NAME', help: 'whose echo; must be given' },
      `one of ${ECHOES.join(', ')}`,
      (given, option) => transportFrom(given, option),
    ),
    port: number({
      value: 'N',
      help: 'where to listen',
      min: 0,
      max: 65_535,
      usual: 0,
      usualWords: 'a free one',
    }),
    host: one<string>(
      {
        value: 'ADDRESS',
        help: 'of this machine. An echo answers every program that reaches it',
        usual: '127.0.0.1',
      },
      'an address, as 127.0.0.1',
      (given) => (/^[\w.:-]+$/.test(given) ? given : undefined),
    ),
    'max-message': number({
      value: 'N',
      help: 'longest message in bytes',
      ...{ min: 1, max: 2 ** 30, usual: MAX_MESSAGE },
    }),
    origin: many(
      {
        value: 'ORIGIN',
        help: 'let pages of this origin connect, as https://chat.example. Programs, which send no Origin, always may',
      },
      null,
      originFrom,
    ),
  },
  more: 'Exit code: 0 ended by Ctrl-C, 2 wrong use.',
})

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
  const given = parse(LINE, args)
  return given && echoCommand(given.values)
}

/** @throws UsageError without a transport */
export function echoCommand(values: Values<(typeof LINE)['options']>): EchoCommand {
  return {
    transport: values.transport ?? transportFrom(undefined, '--transport'),
    port: values.port,
    host: values.host,
    maxMessage: values['max-message'],
    origins: values.origin,
  }
}

function transportFrom(text: string | undefined, option: string): TransportName {
  const found = ECHOES.find((name) => name === text)
  if (found) return found
  const those = `one of ${ECHOES.join(', ')}`
  if (text === undefined) throw new UsageError(`${option} must name ${those}`)
  throw new UsageError(`${option} must name ${those}, not ${JSON.stringify(text)}`)
}

function originFrom(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash)
    return url.origin
  throw new UsageError(`--origin must look like https://chat.example, not ${JSON.stringify(text)}`)
}
