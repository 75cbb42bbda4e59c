/** The server: one hub, and every transport that it is handed mounted over it. It names none. */
import type { AddressInfo, Server } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Hub } from '../../hub/hub.ts'
import { Presences } from '../../hub/presences.ts'
import { type Accounts, createAccounts } from '../../people/accounts.ts'
import { createMemberships } from '../../people/membership/memberships.ts'
import { createMemoryRecords, type Records } from '../../store/records.ts'
import { type Clock, epochNow, systemClock } from '../../wire/clock.ts'
import { ChatError } from '../../wire/errors.ts'
import { MAX_DRAFT_BYTES } from '../../wire/limits.ts'
import { createDrain, type Drain } from '../drain/drain.ts'
import { refuseWhileDraining, serveDrain } from '../drain/drain-routes.ts'
import { serveFiles } from '../identity/files.ts'
import { serveGroups } from '../identity/groups.ts'
import { clearEndedCookies, createCredentialGuard, createIdentity } from '../identity/identity.ts'
import { serveIdentity } from '../identity/identity-routes.ts'
import { createLookUp } from '../identity/look-up.ts'
import { serveTokens } from '../identity/token-routes.ts'
import { type ConnectionCaps, capConnections, createConnectionSlots } from '../limits/connections.ts'
import { createSignInLimits } from '../limits/identity-limits.ts'
import { admitAll, createRateLimit, createWriteLimit } from '../limits/rate-limit.ts'
import type { LimitLink } from '../limits/shared/link.ts'
import { closeTheUnasked, TIMEOUTS } from '../limits/timeouts.ts'
import type { Trust } from '../limits/trust.ts'
import type { EventLogger } from '../observe/event-logger.ts'
import { type Log, logRequests } from '../observe/log.ts'
import { type MetricsOptions, serveMetrics } from '../observe/metrics.ts'
import { serveReaders } from '../observe/readers-route.ts'
import { createServerMetrics, type ServerMetrics, trackConnections } from '../observe/server-metrics.ts'
import { listenTcp, type TcpListen } from '../tcp/listeners.ts'
import { serveTransports } from '../tcp/transports-route.ts'
import { serveCertificate } from '../tls/certificate-route.ts'
import type { Certificate } from '../tls/certificates.ts'
import { createSecureServer } from '../tls/secure-server.ts'
import { createPresenceDesk } from '../transport-kit/presence.ts'
import { acceptPosts, serveHistory } from '../transport-kit/requests.ts'
import { createRoomGateway } from '../transport-kit/room-gateway.ts'
import { isHttp, isTcp, type ServerTransport } from '../transport-kit/server-transport.ts'
import { closeWithinGrace } from '../transport-kit/shutdown.ts'
import type { CrowdRoutesOptions } from '../wires/crowd/crowd-routes.ts'
import type { Lanes } from '../wires/lanes.ts'
import { mountPitfalls } from '../wires/pitfall-mounts.ts'
import { createPitfallSwitches, type Pitfall } from '../wires/pitfalls.ts'
import { createRestart, type RestartOptions } from '../wires/restart.ts'
import { serveWires } from '../wires/serve-wires.ts'
import { mountBalanced } from '../wires/servers/balance.ts'
import { createClusters } from '../wires/servers/clusters.ts'
import { createSmallCluster } from '../wires/servers/small-cluster.ts'
import { createTeacher, type Teacher } from '../wires/teacher.ts'
import { createVisitors } from '../wires/visitors.ts'
import { queueBehindHeld } from './answers/held.ts'
import { createBrokenRequestHandler, ignoreExpectations } from './broken-requests.ts'
import { allowListedOrigins } from './cors.ts'
import { answerErrors, createAnswerError } from './errors.ts'
import { NO_SCHEMAS } from './framework/no-schemas.ts'
import { serveHealth } from './health.ts'
import { guardHosts } from './hosts.ts'
import { createOrigins } from './origins.ts'
import { createPeerOf } from './peer-of.ts'
import { isUpgrade, routeUpgrades } from './upgrades.ts'

export interface AppOptions {
  /** The transports to mount, by name, in this order. */
  readonly transports: ReadonlyMap<string, ServerTransport>
  /** At which ports those of them listen that are carried by TCP: a transport that is not named here does not. */
  readonly listen?: readonly TcpListen[]
  /** Told where each of those listens. */
  readonly onListening?: (name: string, address: AddressInfo, server: Server) => void
  /** The rooms; in memory unless given. */
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
  /**
   * Milliseconds between two heartbeats on a connection that stays open, for tests, and for proxies that close a
   * quiet connection sooner than most; each transport's own number unless given.
   */
  readonly heartbeatMs?: number | undefined
  /** Where people, sessions, tokens and memberships are kept; in memory unless given. */
  readonly records?: Records
  /** The accounts, when the caller shares them with other parts; made from the records unless given. Memberships are kept beside them. */
  readonly accounts?: Accounts<boolean>
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
  readonly metrics?: ServerMetrics
  /** Who may read GET /metrics, and whether it tells of the process too: this machine, and no, unless given. */
  readonly metricsRoute?: Pick<MetricsOptions, 'to' | 'ofProcess'>
  /** Writes a line for each request, if given. */
  readonly requestLog?: Log | undefined
  /** A port for each transport that HTTP carries; open them when the server listens. None unless given. */
  readonly lanes?: Lanes
  /** Defects that a visitor can put into a lane of their own; none unless given, and none without lanes. */
  readonly pitfalls?: readonly Pitfall[]
  /** How tabs of a transport are simulated (lab/server/wires/crowd); none are unless given. */
  readonly crowdReader?: CrowdRoutesOptions['readerOf']
  /** Who may break the wires of all; a teacher whose token is not printed unless given. */
  readonly teacher?: Teacher
  /** By which it gives its readers away before it is stopped; one that only `POST /drain` begins unless given. */
  readonly drain?: Drain
  /** By which the servers of a log share their limits; each has its own unless given. It is closed with the app. */
  readonly limits?: LimitLink | undefined
  /** Turned by hand in tests: heartbeats, leases and rates go by it. */
  readonly clock?: Clock
  /** Who is present in which room; those of this server alone unless given. */
  readonly presences?: Presences
}

export async function buildApp({
  transports,
  listen = [],
  onListening = () => {},
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
  metrics = createServerMetrics(),
  metricsRoute = { to: 'loopback' },
  requestLog,
  lanes,
  pitfalls = [],
  crowdReader,
  teacher = createTeacher(trust),
  clock = systemClock,
  drain = createDrain({ clock }),
  presences = new Presences({ clock }),
  limits,
}: AppOptions): Promise<FastifyInstance> {
  const onRefusal = (error: ChatError, address: string) => metrics.refused(error, { address })
  const secure = tls && createSecureServer(tls, onRefusal)
  const answerError = createAnswerError(metrics)
  const app = Fastify({
    ...TIMEOUTS,
    schemaController: NO_SCHEMAS,
    ...(secure && { serverFactory: secure.serverFactory }),
    bodyLimit: MAX_DRAFT_BYTES,
    forceCloseConnections: false,
    clientErrorHandler: createBrokenRequestHandler(metrics),
    frameworkErrors: answerError, // a URL that cannot be decoded fails before any route, and its handler
    routerOptions: { maxParamLength: 16 * 1024 }, // as long as a URL: codec.ts says what a room's name may be
    return503OnClosing: false, // shutdown.ts says it, in our words
    // Fastify would follow each request to its end in order to log it: two objects kept for every
    // stream, and more work than a poll is. What fails is written by errors.ts.
    logger: false,
    ...(trust && { trustProxy: trust }),
  })
  const admit =
    messagesPerSecond === undefined
      ? admitAll
      : createRateLimit(messagesPerSecond, clock.now, limits?.buckets('messages'))
  trackConnections(app.server, metrics.connections)
  const shutdown = closeWithinGrace(app, metrics.connections.sockets, secure?.sendGoAway)
  drain.attach(shutdown, secure?.sendGoAway)
  refuseWhileDraining(app, drain)

  closeTheUnasked(app)
  ignoreExpectations(app)
  answerErrors(app, answerError)
  routeUpgrades(app)
  queueBehindHeld(app.server)
  if (requestLog) logRequests(app, requestLog)
  const slots = connections && createConnectionSlots(connections, limits)
  if (slots) capConnections(app, { slots, trust, onRefusal })
  guardHosts(app, origins, trust, names)
  const ownOrigins = createOrigins(app, origins, names)
  const identity = createIdentity({ origins: ownOrigins, accounts, signIn, labId, now })
  const { callerOf, personOf, checkUnsigned } = identity
  allowListedOrigins(app, origins, ownOrigins, lanes)
  const memberships = createMemberships(accounts.transactor, accounts.people)
  if (accounts.transactor.caughtUp)
    app.addHook('onRequest', createLookUp(identity, accounts.transactor, memberships))
  const limit = createWriteLimit(admit, personOf)
  guardWrites(app, [ownOrigins.check, limit, createCredentialGuard(identity)])
  app.addHook('onRequest', (request, reply, done) => {
    clearEndedCookies(identity, request, reply)
    done()
  })
  readBodiesAsText(app)
  serveHealth(app, () => hub.readiness, drain)
  serveDrain(app, drain, teacher)
  serveCertificate(app, tls?.file)
  serveMetrics(app, { hub, metrics, trust, ...metricsRoute })
  const signInLimits = createSignInLimits(clock.now, limits)
  serveIdentity(app, identity, signInLimits)
  serveTokens(app, identity, signInLimits)
  sweepSessions(accounts, shutdown, metrics.logger)

  if (hub.readiness) serveReaders(app, presences)
  const presence = createPresenceDesk(presences)
  const gatewayOver = (rooms: Pick<Hub, 'room'>) =>
    createRoomGateway({
      ...{ hub: rooms, admit, checkUnsigned, presence },
      access: memberships,
      beforePublishing: accounts.people.use,
    })
  const gateway = gatewayOver(hub)
  const peerOf = createPeerOf(callerOf, ({ raw }) => lanes?.wires.connectionOf(raw.socket)?.readers)
  const lab = { gateway, compress, clock, heartbeatMs, shutdown, peerOf }
  app.addHook('onClose', async () => {
    presences.close()
    limits?.close()
  })

  const visitors = createVisitors(identity, ownOrigins)
  const tcpServers = new Map<string, Server>()
  lanes?.attach(app, {
    ...{ origins: ownOrigins, visitors, hostNames: names, tls, secure, tcp: tcpServers },
  })
  const restart = createRestart({ app, shutdown, clock, ...restartOf(lanes, metrics) })
  const switches = createPitfallSwitches({
    ...{ clock, now: epochNow },
    pathOf: (pitfall, lane) => pathOf(pitfall, lane),
    onChange: (visitor, lane, asker) => lanes?.wires.drop(visitor, lane, asker),
  })
  const pathOf = mountPitfalls(app, {
    ...{ pitfalls, transports, hub, lab, metrics, gatewayOver, lanes: lanes?.names ?? [] },
    isOn: (request, lane, pitfall) => switches.isOn(visitors.of(request).visitor, lane, pitfall),
  })
  const clusters = hub.readiness
    ? null
    : createClusters({ clock, make: () => createSmallCluster(gatewayOver) })
  if (clusters)
    mountBalanced(app, {
      ...{ transports, lab, metrics },
      clusterOf(request, room) {
        const { visitor } = visitors.of(request)
        const isUnsigned = visitor === null && request.headers.cookie === undefined
        return isUnsigned && request.method === 'POST' ? clusters.named(room) : clusters.at(room, visitor)
      },
    })
  serveWires(app, {
    lanes: lanes ?? null,
    identity,
    visitors,
    teacher,
    restart,
    shutdown,
    trust,
    clock,
    pitfalls,
    switches,
    clusters,
    crowd: crowdReader ? { hub, secure, readerOf: crowdReader } : null,
  })

  const listening = new Map<string, Pick<TcpListen, 'host' | 'port'>>()
  serveTransports(app, transports, (name) => listening.get(name) ?? null)
  for (const [name, transport] of transports) {
    const own = { ...lab, metrics: metrics.transport(name) }
    const at = listen.find((one) => one.name === name)
    if (isHttp(transport))
      await app.register(transport, { prefix: `/transports/${name}/rooms/:room`, ...own })
    else if (isTcp(transport) && at)
      listenTcp(app, {
        ...{ listen: at, transport, lab: own, identity, metrics, slots, drain },
        onListening(name, address, server) {
          listening.set(name, { host: at.host, port: address.port })
          tcpServers.set(name, server)
          onListening(name, address, server)
        },
      })
  }
  // What belongs to no transport: for clients that have something to write, or look up what was written.
  await app.register(
    async (rooms) => {
      acceptPosts(rooms, lab)
      serveHistory(rooms, lab)
      serveFiles(rooms, lab, limits)
    },
    { prefix: '/rooms/:room' },
  )
  serveGroups(app, { hub, memberships, callerOf, isShared: accounts.transactor.caughtUp !== undefined })
  return app
}

/**
 * What may be refused for what it would do, in this order. It is asked of nothing that only reads, and that is most
 * of what comes: a poll passes two guards, that the server is not closing and that it is meant.
 */
function guardWrites(app: FastifyInstance, guards: readonly ((request: FastifyRequest) => void)[]): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { method } = request
    if ((method === 'GET' || method === 'HEAD') && !isUpgrade(request)) return done()
    try {
      for (const guard of guards) guard(request)
      done()
    } catch (error) {
      done(error as ChatError)
    }
  })
}

/** What a restart has to do with: the lanes close for newcomers, and every connection of a transport is cut. */
const restartOf = (
  lanes: Lanes | undefined,
  { connections }: ServerMetrics,
): Pick<RestartOptions, 'lanes' | 'onChange'> => ({
  lanes: () => ({
    names: lanes?.at.map(({ name }) => name) ?? [],
    sockets: [...connections.sockets].filter((socket) => lanes?.wires.connectionOf(socket) !== undefined),
  }),
  onChange: (active, on) => lanes?.onRestart(active, on),
})

/** How often sessions are looked through for those whose time has come. */
const SWEEP_MS = 60_000

function sweepSessions(accounts: Accounts<boolean>, shutdown: AbortSignal, { failed }: EventLogger): void {
  const sweep = async () => {
    try {
      await accounts.sweep()
    } catch (error) {
      failed(error) // the disk is full: they end when it is not
    }
  }
  const timer = setInterval(() => void sweep(), SWEEP_MS).unref()
  shutdown.addEventListener('abort', () => clearInterval(timer))
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
