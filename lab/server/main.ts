/** `npm start`: builds the pages, opens the lab, and closes it properly on Ctrl-C. */
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { buildDocs } from '../../docs/site/build.ts'
import { DocsError } from '../../docs/site/problems.ts'
import { Hub } from '../hub/hub.ts'
import { openSqliteStore } from '../log/sqlite.ts'
import { type Store, StoreError } from '../log/store.ts'
import { buildLab } from './build-lab.ts'
import { bundlePages } from './bundle.ts'
import { HELP, parseOptions, type StartOptions, UsageError } from './options.ts'
import { serveDocs, servePages } from './pages.ts'

/** Most connections from all addresses together: what a small machine holds with ease. */
const MAX_CONNECTIONS_IN_ALL = 20_000

async function start(options: StartOptions): Promise<void> {
  const { port, host, origins, rateLimit, maxConnections, compress, data, keep, signIn } = options
  if (options.help) {
    process.stdout.write(HELP)
    return
  }
  const store = data === null ? null : openSqliteStore(fileIn(data), { keep })
  const hub = openHub(store, data)
  const app = await buildLab({
    hub,
    origins,
    compress,
    signIn,
    ...(store && { records: store.records }),
    messagesPerSecond: rateLimit || undefined,
    connections: { perAddress: maxConnections || Number.POSITIVE_INFINITY, total: MAX_CONNECTIONS_IN_ALL },
  })
  const [pages, course] = await Promise.all([bundlePages(), buildCourse()])
  await servePages(app, pages)
  if (course) await serveDocs(app, course)
  try {
    await app.listen({ port, host })
  } catch (error) {
    throw cannotListen(error as NodeJS.ErrnoException, port, host)
  }

  const address = app.server.address() as AddressInfo
  const name = address.address === '127.0.0.1' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  console.log(`Transport Lab is open at http://${name}:${address.port}`)
  console.log(
    data === null ? 'Nothing is kept: it ends with the server.' : `The conversation is kept in ${data}.`,
  )
  console.log('Ctrl-C closes it.')

  // Once: a second Ctrl-C finds no listener of ours and ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.log('Closing: telling everybody who is connected.')
      void app.close().then(() => {
        hub.close()
        process.exit(0)
      })
    })
  }
}

/** In a folder of its own, because SQLite keeps a second file beside the first. */
const fileIn = (data: string) => join(resolve(data), 'chat.sqlite')

function openHub(store: Store | null, data: string | null): Hub {
  if (!store || data === null) return new Hub()
  const file = fileIn(data)
  const onTrouble = (cause: Error | null) =>
    cause
      ? console.error(`Messages are refused: ${file} cannot be written (${cause.message}). Reading goes on.`)
      : console.error(`Messages are accepted again: ${file} can be written.`)
  return new Hub({ store, onTrouble })
}

/** A slip in a document keeps nobody out of the lab: it is named, and the course stays away. */
async function buildCourse(): Promise<string | null> {
  try {
    return await buildDocs()
  } catch (error) {
    if (!(error instanceof DocsError)) throw error
    console.error(`The course under /docs/ could not be built:\n${error.message}`)
    return null
  }
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
