/** The command line of `npm start`. */
import { isIPv6 } from 'node:net'
import { DESCRIPTORS } from '../../transports/descriptors.ts'
import { commandLine, parse, type Values } from '../command/options/command-line.ts'
import { flag, many, number, one, oneOf, text } from '../command/options/kinds.ts'
import { UsageError } from '../command/usage-error.ts'
import { trustFrom } from '../server/limits/trust.ts'
import type { Audience } from '../server/observe/metrics.ts'
import type { TcpListen } from '../server/tcp/listeners.ts'
import { EngineError } from '../store/engine/engine.ts'
import { KEEP_MESSAGES, StoreError } from '../store/store.ts'
import { type EngineOptions, isEtcd, parseEngineAddress } from './engine.ts'

export { UsageError }

/** Messages per second: ten lanes at the fastest that the page's traffic generator goes. */
export const RATE_LIMIT = 500
/** A class of 30 behind one address, each with six connections over HTTP/1.1 and a few sockets, in several tabs. */
export const MAX_CONNECTIONS = 1_000

export interface StartOptions {
  readonly port: number
  readonly host: string
  /** Whether all transports share that port, and there are no lanes. */
  readonly singlePort: boolean
  readonly origins: readonly string[]
  /** Transports with a port of their own. */
  readonly listen: readonly TcpListen[]
  /** 0 for no limit. */
  readonly rateLimit: number
  /** 0 for no limit. */
  readonly maxConnections: number
  /** HTTPS: with the certificate of these files, or with one of our own. Null for plain HTTP. */
  readonly tls: TlsFiles | 'own' | null
  /** Checked; see trustFrom in trust.ts. */
  readonly trustProxy: readonly string[]
  readonly compress: boolean
  /** Where the conversation is kept; null keeps nothing. */
  readonly data: string | null
  /** Messages of each room that are kept. */
  readonly keep: number
  /** The log that this server shares with others; null for a server that is alone. */
  readonly engine: EngineOptions | null
  /** Whether only those may write who have signed in. */
  readonly signIn: boolean
  readonly metrics: Audience
  /** Null for stderr. */
  readonly log: string | null
  readonly logRequests: boolean
}

export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** Where the conversation is kept without `--data`. */
const DATA_FOLDER = 'data'

/** Those of the manifest that are carried by TCP: each can be given a port. */
const TCP_TRANSPORTS: readonly string[] = [...DESCRIPTORS].flatMap(([name, { carriedBy }]) =>
  carriedBy === 'tcp' ? name : [],
)

export const LINE = commandLine({
  name: 'transport-lab',
  run: 'npm start',
  summary: 'Transport Lab: one chat over many transports, side by side.',
  options: {
    port: number({
      value: 'NUMBER',
      help: 'where to listen; 0 takes any free port',
      ...{ min: 0, max: 65_535, usual: 3_000 },
    }),
    'single-port': flag(
      'open no further ports: behind a proxy, or in a container; otherwise each transport that HTTP carries has one, where it can be watched and broken (docs/decisions/052-lanes-are-ports.md)',
    ),
    host: one<string>(
      { value: 'ADDRESS', help: 'on which address; 0.0.0.0 lets a whole class in', usual: '127.0.0.1' },
      'an address or a name of this machine',
      hostFrom,
    ),
    origin: many(
      { value: 'URL', help: 'also let pages of this origin write' },
      'an origin such as https://chat.example',
      originFrom,
    ),
    listen: many(
      {
        value: 'NAME=PORT|NAME=ADDRESS:PORT',
        help: 'also serve a transport that is not carried by HTTP, at a port of its own; the address is 127.0.0.1 unless given',
      },
      null,
      (value) => value,
    ),
    'rate-limit': number({
      value: 'N',
      help: 'messages per second from one address, over all transports; 0 for no limit',
      ...{ min: 0, max: 999_999, usual: RATE_LIMIT },
    }),
    'max-connections': number({
      value: 'N',
      help: 'open connections from one address; 0 for no limit',
      ...{ min: 0, max: 999_999, usual: MAX_CONNECTIONS },
    }),
    tls: flag('HTTPS and HTTP/2, with a certificate that the lab signs itself and keeps with --data'),
    cert: text({
      value: 'FILE',
      help: 'with --tls: show this certificate instead (PEM, with what leads to its authority)',
    }),
    key: text({ value: 'FILE', help: 'with --cert: its private key' }),
    'trust-proxy': many(
      {
        value: 'HOPS|ADDRESS',
        help: 'believe a proxy when it says for whom it asks (X-Forwarded-For, -Host, -Proto): proxies at this address or network (10.0.0.0/8); or that many proxies, if the lab can be reached only through them; no proxy is believed unless given',
      },
      null,
      (value) => value,
    ),
    compress: flag('compress WebSocket messages, once for all readers (RFC 7692)'),
    data: text({ value: 'FOLDER', help: 'keep the conversation in this folder', usualWords: DATA_FOLDER }),
    keep: number({
      value: 'NUMBER',
      help: 'how many messages of each room to keep there; not with --engine, where all servers keep the same',
      ...{ min: 1, max: 9_999_999_999, usual: KEEP_MESSAGES },
    }),
    memory: flag('keep nothing: the conversation ends with the server'),
    engine: text({
      value: 'ADDRESS',
      help: 'share rooms, people and who is here with all servers that are given the same NATS (nats://HOST:PORT) or etcd (etcd://HOST:PORT), several with commas between them; one on another machine is spoken to by tls://NAME:PASSWORD@HOST (NATS) or etcds://NAME:PASSWORD@HOST only',
    }),
    'engine-replicas': number({
      value: 'NUMBER',
      help: 'with --engine: how many servers of NATS keep each entry (1, 3 or 5), when the log is made',
      ...{ min: 1, max: 5, usual: 1 },
    }),
    'sign-in': flag('let only those write who have signed in, as a guest or with a passphrase'),
    metrics: oneOf<Audience>({ value: 'WHO', help: 'who may read GET /metrics', usual: 'loopback' }, [
      'loopback',
      'all',
      'none',
    ]),
    log: text({
      value: 'FILE',
      help: 'write the log, JSON lines without secrets, to this file and not to stderr; HUP reopens it',
    }),
    'log-requests': flag('one line in it for each request too, polls and messages included'),
  },
  environment: ['TRANSPORT_LAB_BUILD'],
  more: `Ctrl-C stops: every connection is told, and all is closed within 2 seconds.
Exit code: 0 after Ctrl-C, TERM or HUP; 1 the engine cannot be used; 2 wrong use.`,
  forPeople: (error) => error instanceof StoreError,
})

/**
 * @param tcpTransports names of those that can be given to `--listen`
 * @returns null when only the help was asked for
 * @throws UsageError
 */
export function parseOptions(
  args: readonly string[],
  tcpTransports: readonly string[] = TCP_TRANSPORTS,
): StartOptions | null {
  const given = parse(LINE, args)
  return given && startOptions(given.values, tcpTransports)
}

/** @throws UsageError for options that do not go together */
export function startOptions(
  values: Values<(typeof LINE)['options']>,
  tcpTransports: readonly string[] = TCP_TRANSPORTS,
): StartOptions {
  trustFrom(values['trust-proxy'])
  return {
    port: values.port,
    host: values.host,
    singlePort: values['single-port'],
    origins: values.origin,
    listen: listenFrom(values.listen, tcpTransports),
    rateLimit: values['rate-limit'],
    maxConnections: values['max-connections'],
    tls: tlsFrom(values.tls, values.cert, values.key),
    trustProxy: values['trust-proxy'],
    compress: values.compress,
    data: dataFrom(values.data, values.memory),
    keep: values.keep,
    engine: engineFrom(values.engine, values['engine-replicas'], values.keep),
    signIn: values['sign-in'],
    metrics: values.metrics,
    log: values.log,
    logRequests: values['log-requests'],
  }
}

function listenFrom(values: readonly string[], known: readonly string[]): TcpListen[] {
  const listen = values.map((value) => {
    const [, name = '', , host = '127.0.0.1', port = ''] =
      /^([^=]+)=((\[[^\]]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(value) ?? []
    if (port === '' || Number(port) > 65_535) {
      throw new UsageError(
        `--listen must look like NAME=PORT or NAME=ADDRESS:PORT, with a port from 0 to 65535, not ${JSON.stringify(value)}`,
      )
    }
    if (known.includes(name)) return { name, host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
    const those = known.length > 0 ? `those that can are ${known.join(', ')}` : 'no transport here can'
    throw new UsageError(`--listen ${value}: ${JSON.stringify(name)} cannot have a port of its own; ${those}`)
  })
  const twice = listen.find(({ name }, index) => listen.findIndex((one) => one.name === name) !== index)
  if (twice) throw new UsageError(`--listen names ${twice.name} twice: a transport has one port`)
  return listen
}

/** As it stands in a URL: an address in its usual form (`0` is 0.0.0.0, `::0` is ::), a name in lower case. */
function hostFrom(text: string): string | undefined {
  // One address, not two: "localhost" may stand for an IPv4 and an IPv6 address at once.
  if (text.toLowerCase() === 'localhost') return '127.0.0.1'
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  if (/%/.test(bare) && isIPv6(bare)) return bare
  const url = `http://${isIPv6(bare) ? `[${bare}]` : bare}/`
  const { hostname = '' } = URL.canParse(url) ? new URL(url) : {}
  if (hostname !== '' && new URL(url).href === `http://${hostname}/`)
    return hostname.replace(/^\[(.*)\]$/, '$1')
  return undefined
}

function originFrom(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : null
  return url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash
    ? url.origin
    : undefined
}

function tlsFrom(tls: boolean, cert: string | null, key: string | null): TlsFiles | 'own' | null {
  if (cert === null && key === null) return tls ? 'own' : null
  if (!tls) throw new UsageError('--cert and --key go with --tls')
  if (cert === null || key === null) throw new UsageError('--cert and --key go together')
  return { cert, key }
}

/** @throws UsageError with no password in it */
function engineFrom(address: string | null, replicas: number, keep: number): EngineOptions | null {
  if (address === null) {
    if (replicas !== 1) throw new UsageError('--engine-replicas goes with --engine')
    return null
  }
  if (keep !== KEEP_MESSAGES)
    throw new UsageError(
      '--keep cannot be given with --engine: what is kept decides which drafts are known, so it is the same at all servers of a log',
    )
  if (isEtcd(address) && replicas !== 1)
    throw new UsageError('--engine-replicas is for NATS: each member of an etcd keeps each entry')
  if (replicas % 2 === 0) throw new UsageError(`--engine-replicas must be 1, 3 or 5, not ${replicas}`)
  try {
    parseEngineAddress(address)
    return { address, replicas }
  } catch (error) {
    throw error instanceof EngineError ? new UsageError(`--engine: ${error.message}`) : error
  }
}

function dataFrom(data: string | null, memory: boolean): string | null {
  if (data === null) return memory ? null : DATA_FOLDER
  if (!memory) return data
  throw new UsageError('--data and --memory contradict each other')
}
