/** The command line of `npm start`. */
import { isIPv6 } from 'node:net'
import { parseArgs } from 'node:util'
import { DESCRIPTORS } from '../../transports/descriptors.ts'
import { UsageError } from '../command/usage-error.ts'
import { trustFrom } from '../server/limits/trust.ts'
import type { Audience } from '../server/observe/metrics.ts'
import type { TcpListen } from '../server/tcp/listeners.ts'
import { KEEP_MESSAGES } from '../store/store.ts'

export { UsageError }

/** Messages per second: ten lanes at the fastest that the page's traffic generator goes. */
export const RATE_LIMIT = 500
/** A class of 30 behind one address, each with six connections over HTTP/1.1 and a few sockets, in several tabs. */
export const MAX_CONNECTIONS = 1_000

export const HELP = `Transport Lab: one chat over many transports, side by side.

  npm start -- [options]

  --port NUMBER   where to listen (default 3000; 0 takes any free port)
  --host ADDRESS  on which address (default 127.0.0.1; 0.0.0.0 lets a whole class in)
  --origin URL    also let pages of this origin write; may be given more than once
  --listen NAME=PORT, --listen NAME=ADDRESS:PORT
                  also serve a transport that is not carried by HTTP, at a port of its own (default: none;
                  the address is 127.0.0.1 unless given); may be given more than once
  --rate-limit N  messages per second from one address, over all transports (default 500; 0 for no limit)
  --max-connections N
                  open connections from one address (default 1000; 0 for no limit)
  --tls           HTTPS and HTTP/2, with a certificate that the lab signs itself and keeps with --data
  --cert FILE     with --tls: show this certificate instead (PEM, with what leads to its authority)
  --key FILE      and this is its private key
  --trust-proxy HOPS|ADDRESS
                  believe a proxy when it says for whom it asks (X-Forwarded-For, -Host, -Proto): proxies at
                  this address or network (10.0.0.0/8), may be given more than once; or that many proxies,
                  if clients reach the lab only through them (default: believe none)
  --compress      compress WebSocket messages, once for all readers (RFC 7692)
  --data DIR      keep the conversation in this folder (default data)
  --keep NUMBER   how many messages of each room to keep there (default 100000)
  --memory        keep nothing: the conversation ends with the server
  --sign-in       let only those write who have signed in, as a guest or with a passphrase
  --metrics WHO   who may read GET /metrics: loopback (default), all, or none
  --log FILE      write the log, JSON lines without secrets, to this file (default: stderr); HUP reopens it
  --log-requests  one line in it for each request too, polls and messages included
  --help          this text

Ctrl-C stops: every connection is told, and all is closed within 2 seconds. What is made for the browser goes to
build/, or to the folder that TRANSPORT_LAB_BUILD names in the environment.
`

export interface StartOptions {
  readonly port: number
  readonly host: string
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
  /** Whether only those may write who have signed in. */
  readonly signIn: boolean
  readonly metrics: Audience
  /** Null for stderr. */
  readonly log: string | null
  readonly logRequests: boolean
  readonly help: boolean
}

export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** Where the conversation is kept without `--data`. */
const DATA_FOLDER = 'data'

/**
 * @param tcpTransports names of those that can be given to `--listen`
 * @throws UsageError
 */
export function parseOptions(args: readonly string[], tcpTransports = TCP_TRANSPORTS): StartOptions {
  const { port, host, origin, compress, help, ...values } = parsed(args)
  return {
    port: portFrom(port),
    host: hostFrom(host),
    origins: origin.map(originFrom),
    listen: listenFrom(values.listen, tcpTransports),
    rateLimit: countFrom('--rate-limit', values['rate-limit']),
    maxConnections: countFrom('--max-connections', values['max-connections']),
    tls: tlsFrom(values.tls, values.cert, values.key),
    trustProxy: trustProxyFrom(values['trust-proxy']),
    compress,
    data: dataFrom(values.data, values.memory),
    keep: keepFrom(values.keep),
    signIn: values['sign-in'],
    metrics: audienceFrom(values.metrics),
    log: logFrom(values.log),
    logRequests: values['log-requests'],
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
        listen: { type: 'string', multiple: true, default: [] },
        'rate-limit': { type: 'string', default: String(RATE_LIMIT) },
        'max-connections': { type: 'string', default: String(MAX_CONNECTIONS) },
        tls: { type: 'boolean', default: false },
        cert: { type: 'string' },
        key: { type: 'string' },
        'trust-proxy': { type: 'string', multiple: true, default: [] },
        compress: { type: 'boolean', default: false },
        data: { type: 'string' },
        keep: { type: 'string', default: String(KEEP_MESSAGES) },
        memory: { type: 'boolean', default: false },
        'sign-in': { type: 'boolean', default: false },
        metrics: { type: 'string', default: 'loopback' },
        log: { type: 'string' },
        'log-requests': { type: 'boolean', default: false },
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

/** Those of the manifest that are carried by TCP: each can be given a port. */
const TCP_TRANSPORTS: readonly string[] = [...DESCRIPTORS].flatMap(([name, { carriedBy }]) =>
  carriedBy === 'tcp' ? name : [],
)

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
function hostFrom(text: string): string {
  // One address, not two: "localhost" may stand for an IPv4 and an IPv6 address at once.
  if (text.toLowerCase() === 'localhost') return '127.0.0.1'
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  if (/%/.test(bare) && isIPv6(bare)) return bare
  const url = `http://${isIPv6(bare) ? `[${bare}]` : bare}/`
  const { hostname = '' } = URL.canParse(url) ? new URL(url) : {}
  if (hostname !== '' && new URL(url).href === `http://${hostname}/`)
    return hostname.replace(/^\[(.*)\]$/, '$1')
  throw new UsageError(`--host must be an address or a name of this machine, not ${JSON.stringify(text)}`)
}

function countFrom(option: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new UsageError(`${option} must be a number from 0 to 999999, not ${JSON.stringify(text)}`)
}

function originFrom(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash)
    return url.origin
  throw new UsageError(`--origin must look like https://chat.example, not ${JSON.stringify(text)}`)
}

function tlsFrom(tls: boolean, cert: string | undefined, key: string | undefined): TlsFiles | 'own' | null {
  if (cert === undefined && key === undefined) return tls ? 'own' : null
  if (!tls) throw new UsageError('--cert and --key go with --tls')
  if (cert === undefined || key === undefined) throw new UsageError('--cert and --key go together')
  return { cert, key }
}

function trustProxyFrom(values: readonly string[]): readonly string[] {
  trustFrom(values)
  return values
}

function audienceFrom(text: string): Audience {
  if (text === 'loopback' || text === 'all' || text === 'none') return text
  throw new UsageError(`--metrics must be loopback, all or none, not ${JSON.stringify(text)}`)
}

function logFrom(file: string | undefined): string | null {
  if (file === '') throw new UsageError('--log must name a file')
  return file ?? null
}

function dataFrom(data: string | undefined, memory: boolean): string | null {
  if (data === undefined) return memory ? null : DATA_FOLDER
  if (memory) throw new UsageError('--data and --memory contradict each other')
  if (data !== '') return data
  throw new UsageError('--data must name a folder')
}

function keepFrom(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new UsageError(`--keep must be a number of messages from 1 on, not ${JSON.stringify(text)}`)
}
