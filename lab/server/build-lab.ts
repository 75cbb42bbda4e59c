/** The server: one hub, and every transport of the manifest mounted over it. */
import Fastify, { type FastifyInstance } from 'fastify'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { Hub } from '../hub/hub.ts'
import { Presences } from '../hub/presences.ts'
import { createMemoryRecords, type Records } from '../log/records.ts'
import { type Accounts, createAccounts } from '../people/accounts.ts'
import { createMemberships } from '../people/memberships.ts'
import { type Clock, systemClock } from '../wire/clock.ts'
import { ChatError } from '../wire/errors.ts'
import { MAX_DRAFT_BYTES } from '../wire/limits.ts'
import { createAttendance } from './attendance.ts'
import { createBrokenRequestHandler, ignoreExpectations } from './broken-requests.ts'
import { serveCertificate } from './certificate-route.ts'
import type { Certificate } from './certificates.ts'
import { type ConnectionCaps, capConnections } from './connections.ts'
import { allowListedOrigins } from './cors.ts'
import { createDoor } from './door.ts'
import { answerErrors, createAnswerError } from './errors.ts'
import { serveFiles } from './files.ts'
import { serveGroups } from './groups.ts'
import { serveHealth } from './health.ts'
import { guardHosts } from './hosts.ts'
import { createIdentity, guardCredentials } from './identity.ts'
import { createSignInLimits } from './identity-limits.ts'
import { serveIdentity } from './identity-routes.ts'
import type { Journal } from './journal.ts'
import { type Log, logRequests } from './log.ts'
import { type MetricsOptions, serveMetrics } from './metrics.ts'
import { guardOrigins } from './origins.ts'
import { admitAll, createRateLimit, limitWrites } from './rate-limit.ts'
import { acceptPosts, serveHistory } from './requests.ts'
import { createSecureServer } from './secure-server.ts'
import type { ServerTransport } from './server-transport.ts'
import { closeWithinGrace } from './stopping.ts'
import { closeTheUnasked, TIMEOUTS } from './timeouts.ts'
import { serveTokens } from './token-routes.ts'
import type { Trust } from './trust.ts'
import { routeUpgrades } from './upgrades.ts'
import { createWatch, type Watch, watchLine } from './watch.ts'

export interface LabOptions {
  readonly hub?: Hub
  /** Origins that may write besides the server's own, as `http://host:port`. */
  readonly origins?: readonly string[]
  /** Names of the machine by which the server is reached, besides those of the address that it listens on. */
  readonly names?: readonly string[]
  /** Messages per second that one writer may send, over all transports together; no limit unless given. */
  readonly messagesPerSecond?: number | undefined
  /** No limit unless given. */
  readonly connections?: ConnectionCaps | undefined
  /** Compress what can be compressed once for all its readers; off unless given. */
  readonly compress?: boolean
  /** See {@link Lab.heartbeatMs}: for tests, and for proxies that lose patience sooner than most. */
  readonly heartbeatMs?: number | undefined
  /** Where people, sessions, tokens and memberships are kept; in memory unless given. */
  readonly records?: Records
  /** Who there is, if somebody else is to know too; those of the records unless given. */
  readonly accounts?: Accounts
  /** Whether only those may write who have signed in. */
  readonly signIn?: boolean
  /** Tells its cookie from another lab's at the same address (lab-id.ts); none unless given. */
  readonly labId?: string
  /** By which sessions end, in milliseconds since the Unix epoch. */
  readonly now?: () => number
  /** Serve HTTPS, and HTTP/2 to who offers it, with this certificate; plain HTTP unless given. */
  readonly tls?: Certificate | undefined
  /** Which proxies are believed when they say for whom they ask; none unless given. */
  readonly trust?: Trust | undefined
  /** Who is told what happens, and keeps count of it. */
  readonly watch?: Watch
  /** Who may read GET /metrics, and whether it tells of the process too: this machine, and no, unless given. */
  readonly metrics?: Pick<MetricsOptions, 'to' | 'ofProcess'>
  /** Writes a line for each request, if given. */
  readonly requestLog?: Log | undefined
  /** The transports to mount, by name; those of the manifest unless given. */
  readonly transports?: ReadonlyMap<string, ServerTransport>
  /** Turned by hand in tests: heartbeats and leases go by it. */
  readonly clock?: Clock
  readonly presences?: Presences
}

export async function buildLab({
  hub = new Hub(),
  origins = [],
  names = [],
  messagesPerSecond,
  connections,
  compress = false,
  heartbeatMs,
  records = createMemoryRecords(),
  signIn = false,
  labId = '',
  now = Date.now,
  accounts = createAccounts(records, now),
  tls,
  trust,
  watch = createWatch(),
  metrics = { to: 'loopback' },
  requestLog,
  transports,
  clock = systemClock,
  presences = new Presences({ clock }),
}: LabOptions = {}): Promise<FastifyInstance> {
  const secure = tls && createSecureServer(tls)
  const answerError = createAnswerError(watch)
  const app = Fastify({
    ...TIMEOUTS,
    ...(secure && { serverFactory: secure.serverFactory }),
    bodyLimit: MAX_DRAFT_BYTES,
    forceCloseConnections: false,
    clientErrorHandler: createBrokenRequestHandler(watch),
    frameworkErrors: answerError, // a URL that cannot be decoded fails before any route, and its handler
    routerOptions: { maxParamLength: 16 * 1024 }, // as long as a URL: codec.ts says what a room's name may be
    return503OnClosing: false, // stopping.ts says it, in our words
    // Fastify would follow each request to its end in order to log it: two objects kept for every
    // stream, and more work than a poll is. What fails is written by errors.ts.
    logger: false,
    ...(trust && { trustProxy: trust }),
  })
  const admit = messagesPerSecond === undefined ? admitAll : createRateLimit(messagesPerSecond)
  watchLine(app, watch.line)
  const stopping = closeWithinGrace(app, watch.line.sockets, secure?.sayGoodbye)

  closeTheUnasked(app)
  ignoreExpectations(app)
  answerErrors(app, answerError)
  routeUpgrades(app)
  if (requestLog) logRequests(app, requestLog)
  if (connections) {
    const onRefusal = (error: ChatError, address: string) => watch.refused(error, null, address)
    capConnections(app, { ...connections, trust, onRefusal })
  }
  guardHosts(app, origins, trust, names)
  const identity = createIdentity({
    origins: guardOrigins(app, origins, names),
    accounts,
    signIn,
    labId,
    now,
  })
  const { callerOf, personOf, checkUnsigned } = identity
  allowListedOrigins(app, origins)
  limitWrites(app, admit, personOf)
  guardCredentials(app, identity)
  readBodiesAsText(app)
  serveHealth(app)
  serveCertificate(app, tls?.file)
  serveMetrics(app, { hub, watch, trust, ...metrics })
  const signInLimits = createSignInLimits()
  serveIdentity(app, identity, signInLimits)
  serveTokens(app, identity, signInLimits)
  sweepSessions(accounts, stopping, watch.journal)

  const memberships = createMemberships(records, accounts.people)
  const beforeSpeaking = accounts.people.use
  const attendance = createAttendance(presences)
  const may = { callerOf, access: memberships, checkUnsigned, beforeSpeaking }
  const door = createDoor({ hub, admit, ...may, attendance })
  const lab = { door, compress, clock, heartbeatMs, stopping }
  app.addHook('onClose', async () => presences.close())

  for (const [name, transport] of transports ?? (await loadTransports())) {
    await app.register(transport, {
      prefix: `/transports/${name}/rooms/:room`,
      ...lab,
      watch: watch.transport(name),
    })
  }
  // The door that belongs to no transport: for who has something to say, or looks up what was said.
  await app.register(
    async (rooms) => {
      acceptPosts(rooms, door)
      serveHistory(rooms, door)
      serveFiles(rooms, door)
    },
    { prefix: '/rooms/:room' },
  )
  serveGroups(app, { hub, memberships, callerOf })
  return app
}

/** How often sessions are looked through for those whose time has come. */
const SWEEP_MS = 60_000

function sweepSessions(accounts: Accounts, stopping: AbortSignal, { failed }: Journal): void {
  const timer = setInterval(() => {
    try {
      accounts.sweep()
    } catch (error) {
      failed(error) // the disk is full: they end when it is not
    }
  }, SWEEP_MS).unref()
  stopping.addEventListener('abort', () => clearInterval(timer))
}

/** JSON only, and parsed by the parser that the WebSocket uses too, so that both refuse the same. */
function readBodiesAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => {
      try {
        return utf8.decode(body)
      } catch (cause) {
        throw new ChatError('bad-json', 'this is not UTF-8', { cause }) // a WebSocket closes with 1007 here
      }
    },
  )
}

/** Strict, as RFC 8259 §8.1 is: a lenient one would put U+FFFD in the place of what was said. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

async function loadTransports(): Promise<Map<string, ServerTransport>> {
  const loaded = new Map<string, ServerTransport>()
  for (const name of TRANSPORTS) {
    const module = (await import(`../../transports/${name}/server.ts`)) as { default: ServerTransport }
    loaded.set(name, module.default)
  }
  return loaded
}
