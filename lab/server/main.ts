/** `npm start`: builds the pages, opens the lab, and closes it properly on Ctrl-C. */
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import type { Server as TlsServer } from 'node:tls'
import { buildDocsAside } from '../../docs/site/aside.ts'
import { Hub } from '../hub/hub.ts'
import { openSqliteStore } from '../log/sqlite.ts'
import { type Store, StoreError } from '../log/store.ts'
import { buildLab } from './build-lab.ts'
import { bundlePages } from './bundle.ts'
import {
  type Certificate,
  fingerprintOf,
  keepFresh,
  namesToVouchFor,
  ownCertificate,
  readCertificate,
  stillServes,
} from './certificates.ts'
import { labIdIn } from './lab-id.ts'
import { openLog } from './log.ts'
import { HELP, parseOptions, type StartOptions, UsageError } from './options.ts'
import { serveDocs, servePages } from './pages.ts'
import { trustFrom } from './trust.ts'
import { createWatch, type Watch } from './watch.ts'

/** Most connections from all addresses together: what a small machine holds with ease. */
const MAX_CONNECTIONS_IN_ALL = 20_000

/** Where the course's site is made. */
const COURSE = resolve(import.meta.dirname, '../../build/docs')

async function start(options: StartOptions): Promise<void> {
  const { port, host, origins, rateLimit, maxConnections, compress, data, keep, metrics, signIn } = options
  if (options.help) {
    process.stdout.write(HELP)
    return
  }
  const isForPeople = options.log === null && !options.logRequests && process.stderr.isTTY === true
  const log = openLog({ file: options.log ?? undefined, isQuiet: isForPeople })
  process.once('exit', log.close)
  const watch = createWatch(log)
  const load = certificateOf(options)
  const tls = await load?.()
  const store = data === null ? null : openSqliteStore(fileIn(data), { keep })
  const hub = openHub(store, data, watch)
  const app = await buildLab({
    hub,
    origins,
    compress,
    signIn,
    ...(store && { records: store.records }),
    labId: labIdIn(store?.records ?? null),
    tls,
    trust: options.trustProxy.length > 0 ? trustFrom(options.trustProxy) : undefined,
    watch,
    metrics: { to: metrics, ofProcess: true },
    requestLog: options.logRequests ? log : undefined,
    messagesPerSecond: rateLimit || undefined,
    connections: { perAddress: maxConnections || Number.POSITIVE_INFINITY, total: MAX_CONNECTIONS_IN_ALL },
  })
  await servePages(app, await bundlePages())
  await serveDocs(app, COURSE, buildCourse())
  try {
    await app.listen({ port, host })
  } catch (error) {
    throw cannotListen(error as NodeJS.ErrnoException, port, host)
  }

  const address = app.server.address() as AddressInfo
  const name = address.address === '127.0.0.1' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  const url = `${tls ? 'https' : 'http'}://${name}:${address.port}`
  console.log(`Transport Lab is open at ${url}`)
  if (tls) console.log(`${wordsOn(options.tls)} Its SHA-256 fingerprint is ${fingerprintOf(tls)}`)
  console.log(
    data === null ? 'Nothing is kept: it ends with the server.' : `The conversation is kept in ${data}.`,
  )
  console.log('Ctrl-C closes it.')
  log.info('started', { url })
  if (tls && load) keepFresh(app.server as unknown as TlsServer, tls, load, log)

  // Once: a second Ctrl-C finds no listener of ours and ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.log('Closing: telling everybody who is connected.')
      log.info('stopping', { signal })
      void app.close().then(() => {
        hub.close()
        log.info('stopped')
        process.exit(0)
      })
    })
  }
}

/** In a folder of its own, because SQLite keeps a second file beside the first. */
const fileIn = (data: string) => join(resolve(data), 'chat.sqlite')

function openHub(store: Store | null, data: string | null, watch: Watch): Hub {
  if (!store || data === null) return new Hub()
  const file = fileIn(data)
  const onTrouble = (cause: Error | null) =>
    cause
      ? watch.journal.warn('messages are refused, reading goes on', { file, why: cause.message })
      : watch.journal.info('messages are accepted again', { file })
  const onCommit = (durationMs: number) => watch.committed(durationMs)
  return new Hub({ store, onTrouble, onCommit })
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
    ? 'The browser will warn that nobody vouches for its certificate: it has signed itself.'
    : 'It shows the certificate that was given.'

/** A slip in a document keeps nobody out of the lab: it is named, here and in the place of the course. */
async function buildCourse(): Promise<Error | null> {
  const wrong = await buildDocsAside(COURSE)
  if (wrong) console.error(`The course under /docs/ could not be built:\n${wrong.message}`)
  return wrong
}

function cannotListen(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new UsageError(`port ${port} on ${host} is in use; try another: npm start -- --port ${port + 1}`)
  }
  if (error.code === 'EACCES')
    return new UsageError(`port ${port} needs rights that you do not have; try 3000`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new UsageError(`--host ${host} is not an address of this machine; try 127.0.0.1 or 0.0.0.0`)
  }
  return error
}

try {
  await start(parseOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof UsageError || error instanceof StoreError)) throw error
  console.error(`transport-lab: ${error.message}\nSee npm start -- --help`)
  process.exit(2)
}
