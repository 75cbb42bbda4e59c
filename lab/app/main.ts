/** `npm start`: builds the pages, opens the lab, and closes it properly on Ctrl-C. */
import { type AddressInfo, isIP } from 'node:net'
import { join, resolve } from 'node:path'
import type { Server as TlsServer } from 'node:tls'
import { isatty } from 'node:tty'
import { buildDocsInWorker } from '../../docs/site/build-worker.ts'
import { LANES } from '../../transports/descriptors.ts'
import { loadServers } from '../../transports/load-server.ts'
import { buildFolder } from '../command/build-folder.ts'
import { type Ending, onEnding } from '../command/ending.ts'
import { sourceFingerprint } from '../command/fingerprint.ts'
import { runCommandLine } from '../command/options/command-line.ts'
import { claimServedFolder } from '../command/served-folder.ts'
import { complain, leave, say, terminal } from '../command/terminal.ts'
import { Hub, type HubOptions } from '../hub/hub.ts'
import { createDrain } from '../server/drain/drain.ts'
import { withoutZone } from '../server/http/origins.ts'
import { labIdIn } from '../server/identity/lab-id.ts'
import { trustFrom } from '../server/limits/trust.ts'
import { openLog } from '../server/observe/log.ts'
import { createServerMetrics, type ServerMetrics } from '../server/observe/server-metrics.ts'
import { ListenError } from '../server/tcp/listeners.ts'
import {
  type Certificate,
  fingerprintOf,
  keepFresh,
  namesToVouchFor,
  ownCertificate,
  readCertificate,
  stillServes,
} from '../server/tls/certificates.ts'
import { createLanes, type Lanes } from '../server/wires/lanes.ts'
import { createTeacher } from '../server/wires/teacher.ts'
import { EngineError } from '../store/engine/engine.ts'
import { createMemoryStore } from '../store/memory.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { systemClock } from '../wire/clock.ts'
import { buildLab } from './build-lab.ts'
import { bundlePages } from './bundle.ts'
import { catchUp, openEngine, placeOf, tellOfPeers } from './engine.ts'
import { labOnLog } from './lab-on-log.ts'
import { LINE, type StartOptions, startOptions, UsageError } from './options.ts'
import { ownUrls } from './own-urls.ts'
import { serveDocs, servePages } from './pages.ts'
import { PITFALLS } from './pitfalls/index.ts'

/** Most connections from all addresses together: what a small machine holds with ease. */
const MAX_CONNECTIONS_IN_ALL = 20_000
/** How long a server that has closed waits for a reader of its last output. The lab promises to end within 2 s. */
const LAST_WORDS_MS = 200
/** How long it waits for an engine that does not take what is due; its writers send it again. */
const LAST_ENTRY_MS = 500

async function start(options: StartOptions): Promise<number> {
  const { port, host, origins, rateLimit, maxConnections, compress, data, keep, signIn } = options
  const build = buildFolder()
  const isForPeople = options.log === null && !options.logRequests && terminal.stderr
  const log = openLog({ file: options.log ?? undefined, isQuiet: isForPeople })
  process.once('exit', log.close)
  const metrics = createServerMetrics(log)
  const load = certificateOf(options)
  const tls = await load?.()
  const store = data === null ? null : openSqliteStore(fileIn(data), { keep })
  const { hub, ended, ...rooms } = await openRooms(options, store, metrics)
  for (const line of ended ? await catchUp(hub, ended) : []) say(line)
  const { servers, problems: found } = await loadServers()
  const problems = new Map(found)
  const trust = options.trustProxy.length > 0 ? trustFrom(options.trustProxy) : undefined
  const lanes = options.singlePort
    ? undefined
    : createLanes({ names: LANES, firstPort: port === 0 ? 0 : port + 1 })
  const teacher = createTeacher(trust)
  const drain = createDrain({
    clock: systemClock,
    onChange: (what, { readers, withinMs }) => {
      if (what === 'begun') say(`Draining: ${readers} readers are told goodbye within ${withinMs / 1_000} s.`)
      log.info(what === 'begun' ? 'draining' : 'drained', { readers, withinMs })
    },
  })
  const app = await buildLab({
    transports: servers,
    drain,
    ...(lanes && { lanes, pitfalls: PITFALLS }),
    teacher,
    hub,
    ...rooms,
    origins,
    listen: options.listen,
    onListening: (name, { address, port: at, family }) =>
      say(`${name} listens at tcp://${family === 'IPv6' ? `[${address}]` : address}:${at}`),
    names: isIP(withoutZone(host)) > 0 ? [] : [host],
    compress,
    signIn,
    tls,
    trust,
    metrics,
    metricsRoute: { to: options.metrics, ofProcess: true },
    requestLog: options.logRequests ? log : undefined,
    messagesPerSecond: rateLimit || undefined,
    connections: { perAddress: maxConnections || Number.POSITIVE_INFINITY, total: MAX_CONNECTIONS_IN_ALL },
  })
  const served = claimServedFolder(build)
  // Once for both: to look at every file is a good part of a start that need make nothing.
  const state = sourceFingerprint()
  const pages = await bundlePages(join(served.own, 'web'), problems, state)
  await servePages(app, pages, { runs: join(build, 'bench'), lanes })
  for (const problem of problems.values()) complain(problem)
  const courses = [...served.others.map((folder) => join(folder, 'docs')), join(build, 'docs')]
  const course = join(served.own, 'docs')
  let beginCourse = () => {}
  const built = new Promise<Error | null>((resolve) => {
    beginCourse = () => resolve(buildCourse(course, courses, state))
  })
  await serveDocs(app, course, { built, lanes })
  let taken: readonly number[] = []
  try {
    await app.listen({ port, host })
    taken = (await lanes?.open()) ?? []
  } catch (error) {
    throw cannotListen(error as NodeJS.ErrnoException, port, host)
  }
  beginCourse() // now: the pages are open, and need not wait for it

  // Before the first line of output: a program that has read there that the lab is open may send a signal.
  const hasTerminal = terminalIsThere()
  const ending = new Promise<Ending>((resolve) => {
    // A terminal that was closed wants us to end. Otherwise HUP is the signal of log rotation.
    onEnding(resolve, () => (hasTerminal && !terminalIsThere() ? false : log.reopen()))
  })
  process.on('SIGUSR2', () => drain.begin()) // for one who has the pid, and no port
  const listening = app.server.address() as AddressInfo
  const [url, ...others] = await ownUrls(listening, tls ? 'https' : 'http', host)
  say(`Transport Lab is open at ${url}`)
  for (const other of others) say(`                 and at ${other}`)
  for (const line of wordsOnLanes(lanes, taken)) say(line)
  say(`A teacher on another machine may break the wires of all with this token: ${teacher.token}`)
  if (tls) say(`${wordsOn(options.tls)} Its SHA-256 fingerprint is ${fingerprintOf(tls)}`)
  say(data === null ? 'Nothing is kept: it ends with the server.' : `The conversation is kept in ${data}.`)
  if (options.engine)
    say(
      `Rooms and people are shared with all servers of the log ${rooms.labId}, on NATS at ${placeOf(options.engine)}.`,
    )
  say('Ctrl-C closes it.')
  log.info('started', { url: url!, pid: process.pid })
  if (tls && load) keepFresh(withLanes(app.server as unknown as TlsServer, lanes), tls, load, log)

  const { signal } = await ending
  say('Closing: telling everybody who is connected.')
  log.info('stopping', { signal })
  await app.close()
  await Promise.race([hub.close(), new Promise((resolve) => setTimeout(resolve, LAST_ENTRY_MS))])
  log.info('stopped')
  return leave(0, LAST_WORDS_MS)
}

/** Whether one of stdin, stdout and stderr is a terminal that has not been hung up. */
const terminalIsThere = () => [0, 1, 2].some((fd) => isatty(fd))

/** In a folder of its own, because SQLite keeps a second file beside the first. */
const fileIn = (data: string) => join(resolve(data), 'chat.sqlite')

/** The rooms, and the people in them: of this server alone, or of all that share its log. */
async function openRooms({ engine, data, keep }: StartOptions, store: Store | null, metrics: ServerMetrics) {
  const { logger } = metrics
  const where = { ...(data !== null && { file: fileIn(data) }) }
  const about: HubOptions = {
    onTrouble: (cause) =>
      cause
        ? logger.warn('messages are refused, reading goes on', { ...where, why: cause.message })
        : logger.info('messages are accepted again', where),
    onCommit: (durationMs) => metrics.committed(durationMs),
    onRoundTrip: (durationMs) => metrics.cameBack(durationMs),
    onPeerEvent(event) {
      metrics.peerEvents[event.kind]++
      tellOfPeers(event, logger)
    },
  }
  if (engine) {
    const log = await openEngine(engine, logger)
    let tell = (_why: EngineError) => {}
    const ended = new Promise<EngineError>((resolve) => (tell = resolve))
    const onLogEnd = (why: EngineError) => {
      logger.warn('the shared log cannot be followed any further: this server is not ready', {
        why: why.message,
      })
      tell(why)
    }
    const kept = store ?? createMemoryStore({ keep })
    const { bus, requests } = log
    return { ...labOnLog({ ...about, store: kept, engine: log, bus, requests, onLogEnd }), ended }
  }
  const records = store ? { records: store.records } : {}
  return {
    hub: new Hub(store ? { ...about, store } : {}),
    ...records,
    labId: labIdIn(store?.records ?? null),
    ended: null,
  }
}

/** An engine that cannot be used is a line for the person who starts the server. */
async function startOrSay(options: StartOptions): Promise<number> {
  try {
    return await start(options)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    complain(`transport-lab: ${error.message}`)
    return leave(1)
  }
}

/** Where the certificate comes from, at the start and whenever it is looked after; null for plain HTTP. */
function certificateOf({ tls, data, host }: StartOptions): (() => Promise<Certificate>) | null {
  if (tls === null) return null
  if (tls !== 'own') return async () => readCertificate(tls.cert, tls.key)
  const folder = data === null ? null : join(resolve(data), 'tls')
  let inMemory: Certificate | null = null
  return async () => {
    const names = namesToVouchFor(host)
    if (folder !== null) return ownCertificate(folder, names)
    if (!inMemory || !stillServes(inMemory, names)) inMemory = await ownCertificate(null, names)
    return inMemory
  }
}

const wordsOn = (tls: StartOptions['tls']) =>
  tls === 'own'
    ? 'The browser will warn that no authority vouches for its certificate: it has signed itself.'
    : 'It shows the certificate that was given.'

function wordsOnLanes(lanes: Lanes | undefined, taken: readonly number[]): string[] {
  if (!lanes)
    return ['All transports share this port (--single-port): their wires can be neither watched nor cut.']
  const list = lanes.at.map(({ name, port }) => `${name} ${port}`).join(', ')
  const passed = taken.length > 0 ? ` (taken by other programs: ${taken.join(', ')})` : ''
  return [`Each transport has a port of its own: ${list}${passed}`]
}

/** Those who connect to a lane see the renewed certificate too. */
const withLanes = (server: TlsServer, lanes: Lanes | undefined): Parameters<typeof keepFresh>[0] => ({
  setSecureContext(certificate) {
    server.setSecureContext(certificate)
    lanes?.setCertificate(certificate as Certificate)
  },
})

/** A mistake in a document does not stop the lab: it is reported, here and on the course's pages. */
async function buildCourse(folder: string, others: readonly string[], state: string): Promise<Error | null> {
  const wrong = await buildDocsInWorker(folder, others, state)
  if (wrong) complain(`The course under /docs/ could not be built:\n${wrong.message}`)
  return wrong
}

function cannotListen(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error instanceof ListenError)
    return new UsageError(`--listen ${error.listen.name}=…: ${error.message}; try another port or address`)
  if (error.code === 'EADDRINUSE') {
    return new UsageError(`port ${port} on ${host} is in use; try another: npm start -- --port ${port + 1}`)
  }
  if (error.code === 'EACCES')
    return new UsageError(`port ${port} needs rights that you do not have; try 3000`)
  if (
    error.code === 'EADDRNOTAVAIL' ||
    error.code === 'EAFNOSUPPORT' ||
    error.code === 'ENOTFOUND' ||
    error.code === 'EAI_AGAIN'
  ) {
    return new UsageError(`--host ${host} is not an address of this machine; try 127.0.0.1 or 0.0.0.0`)
  }
  return error
}

await runCommandLine(LINE, ({ values }) => startOrSay(startOptions(values)))
