/** The server: one hub, and every transport of the manifest mounted over it. */
import Fastify, { type FastifyInstance } from 'fastify'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { Hub } from '../hub/hub.ts'
import { Presences } from '../hub/presences.ts'
import type { Records } from '../log/records.ts'
import type { Accounts } from '../people/accounts.ts'
import { type Clock, systemClock } from '../wire/clock.ts'
import { ChatError } from '../wire/errors.ts'
import { MAX_DRAFT_BYTES } from '../wire/limits.ts'
import { createAttendance } from './attendance.ts'
import { type ConnectionCaps, capConnections } from './connections.ts'
import { allowListedOrigins } from './cors.ts'
import { createDoor } from './door.ts'
import { answerError, answerErrors } from './errors.ts'
import { serveHealth } from './health.ts'
import { guardHosts } from './hosts.ts'
import { clearEndedCookies, createIdentity } from './identity.ts'
import { createSignInLimits } from './identity-limits.ts'
import { serveIdentity } from './identity-routes.ts'
import { guardOrigins } from './origins.ts'
import { admitAll, createRateLimit, limitWrites } from './rate-limit.ts'
import { acceptPosts, serveHistory } from './requests.ts'
import type { Lab, ServerTransport } from './server-transport.ts'
import { closeWithinGrace } from './stopping.ts'
import { TIMEOUTS } from './timeouts.ts'
import { serveTokens } from './token-routes.ts'
import { routeUpgrades } from './upgrades.ts'

export interface LabOptions {
  readonly hub?: Hub
  /** Origins that may write besides the server's own, as `http://host:port`. */
  readonly origins?: readonly string[]
  /** Messages per second that one writer may send, over all transports together; no limit unless given. */
  readonly messagesPerSecond?: number | undefined
  /** No limit unless given. */
  readonly connections?: ConnectionCaps | undefined
  /** Compress what can be compressed once for all its readers; off unless given. */
  readonly compress?: boolean
  /** Where people, sessions and tokens are kept; in memory unless given. */
  readonly records?: Records
  /** Whether only those may write who have signed in. */
  readonly signIn?: boolean
  /** By which sessions end, in milliseconds since the Unix epoch. */
  readonly now?: () => number
  /** The transports to mount, by name; those of the manifest unless given. */
  readonly transports?: ReadonlyMap<string, ServerTransport>
  /** Turned by hand in tests: heartbeats and leases go by it. */
  readonly clock?: Clock
  readonly presences?: Presences
}

export async function buildLab({
  hub = new Hub(),
  origins = [],
  messagesPerSecond,
  connections,
  compress = false,
  records,
  signIn = false,
  now,
  transports,
  clock = systemClock,
  presences = new Presences({ clock }),
}: LabOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({
    ...TIMEOUTS,
    bodyLimit: MAX_DRAFT_BYTES,
    forceCloseConnections: false,
    frameworkErrors: answerError, // a URL that cannot be decoded fails before any route, and its handler
    routerOptions: { maxParamLength: 16 * 1024 }, // as long as a URL: codec.ts says what a room's name may be
    return503OnClosing: false, // stopping.ts says it, in our words
    // Fastify would follow each request to its end in order to log it: two objects kept for every
    // stream, and more work than a poll is. What fails is written by errors.ts.
    logger: false,
  })
  const admit = messagesPerSecond === undefined ? admitAll : createRateLimit(messagesPerSecond)
  const stopping = closeWithinGrace(app)

  answerErrors(app)
  routeUpgrades(app)
  if (connections) capConnections(app, connections)
  guardHosts(app, origins)
  const identity = createIdentity({ origins: guardOrigins(app, origins), records, signIn, now })
  const { callerOf, personOf, checkUnsigned, accounts } = identity
  allowListedOrigins(app, origins)
  limitWrites(app, admit, personOf)
  clearEndedCookies(app, identity)
  readBodiesAsText(app)
  serveHealth(app)
  const signInLimits = createSignInLimits()
  serveIdentity(app, identity, signInLimits)
  serveTokens(app, identity, signInLimits)
  sweepSessions(accounts, stopping)

  const beforeSpeaking = accounts.people.use
  const attendance = createAttendance(presences)
  const door = createDoor({ hub, admit, callerOf, checkUnsigned, beforeSpeaking, attendance })
  const lab: Lab = { door, compress, clock, stopping }
  app.addHook('onClose', async () => presences.close())

  for (const [name, transport] of transports ?? (await loadTransports())) {
    await app.register(transport, { prefix: `/transports/${name}/rooms/:room`, ...lab })
  }
  // The door that belongs to no transport: for who has something to say, or looks up what was said.
  await app.register(
    async (rooms) => {
      acceptPosts(rooms, door)
      serveHistory(rooms, door)
    },
    { prefix: '/rooms/:room' },
  )
  return app
}

/** How often sessions are looked through for those whose time has come. */
const SWEEP_MS = 60_000

function sweepSessions(accounts: Accounts, stopping: AbortSignal): void {
  const timer = setInterval(() => {
    try {
      accounts.sweep()
    } catch (error) {
      console.error(error) // the disk is full: they end when it is not
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
