/** What the contract is run against: a transport's folder, or the reference. */
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadServers } from '../../../transports/load-server.ts'
import { problemWithDescriptor, type TransportDescriptor } from '../../client/descriptor.ts'
import type { TransportFactory } from '../../client/transport.ts'
import type { ServerTransport } from '../../server/transport-kit/server-transport.ts'
import { CASES } from './cases/index.ts'
import { inMemory } from './reference.ts'
import type { Subject } from './subject.ts'

export const reference: Subject = { name: 'the in-memory reference', inProcess: inMemory }

/** Something is wrong with the folder, not with the transport in it. */
export class SubjectError extends Error {}

/**
 * @param folder holds `server.ts` and `client.ts`, each with a default export. Where its descriptor says that it
 *   chooses among others, it has no `server.ts`: those of the manifest are served
 * @throws SubjectError that says which file and what is wrong with it
 */
export async function loadSubject(folder: string): Promise<Subject> {
  const path = resolve(folder)
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => null,
  )
  if (isFolder === null) throw new SubjectError(`there is no folder ${folder}`)
  if (!isFolder)
    throw new SubjectError(`${folder} is a file: name the folder that holds server.ts and client.ts`)
  if (!(await isOfModules(path))) {
    throw new SubjectError(`put a package.json with { "type": "module" } into ${folder}, or above it`)
  }
  const name = basename(path)
  const client = (await functionIn(join(path, 'client.ts'))) as TransportFactory
  const descriptor = await descriptorIn(path)
  const { cannot = {} } = descriptor ?? {}
  const others = descriptor && (await othersServed(name, descriptor))
  if (others) return { name, client, server: { carriedBy: 'transports' }, others, cannot }
  const server = await defaultExport(join(path, 'server.ts'))
  if (!isServer(server))
    throw new SubjectError(
      `${name}/server.ts must export an HTTP plugin or a TCP listener by default: export default …`,
    )
  return { name, client, server, cannot }
}

/** Null when there is none: a learner's folder may begin with the two halves. */
async function descriptorIn(path: string): Promise<TransportDescriptor | null> {
  const file = join(path, 'transport.ts')
  if (!(await stat(file).catch(() => null))) return null
  const descriptor = await defaultExport(file)
  const problem = problemWithDescriptor(descriptor)
  if (problem) throw new SubjectError(`${basename(path)}/transport.ts ${problem}`)
  const { cannot = {} } = descriptor as TransportDescriptor
  const unknown = Object.keys(cannot).find((one) => !CASES.some(({ name }) => name === one))
  if (unknown === undefined) return descriptor as TransportDescriptor
  throw new SubjectError(
    `${basename(path)}/transport.ts cannot meet ${JSON.stringify(unknown)}, and no case has this name`,
  )
}

/** The servers that a client-only transport chooses among; null for a transport with a server of its own. */
async function othersServed(
  own: string,
  { carriedBy }: TransportDescriptor,
): Promise<ReadonlyMap<string, ServerTransport> | null> {
  if (typeof carriedBy !== 'object') return null
  const { servers } = await loadServers()
  const missing = carriedBy.transports.find((name) => !servers.has(name))
  if (missing === undefined) return new Map(carriedBy.transports.map((name) => [name, servers.get(name)!]))
  throw new SubjectError(
    `${own}/transport.ts chooses ${JSON.stringify(missing)}, which the lab does not serve`,
  )
}

const isServer = (value: unknown): value is ServerTransport =>
  typeof value === 'function' || (value as { readonly carriedBy?: unknown } | null)?.carriedBy === 'tcp'

async function functionIn(file: string): Promise<unknown> {
  const value = await defaultExport(file)
  if (typeof value === 'function') return value
  throw new SubjectError(`${nameOf(file)} must export a function by default: export default …`)
}

const nameOf = (file: string) => join(basename(resolve(file, '..')), basename(file))

async function defaultExport(file: string): Promise<unknown> {
  const name = nameOf(file)
  if (!(await stat(file).catch(() => null))) throw new SubjectError(`${name} is missing`)
  let module: { readonly default?: unknown }
  try {
    module = (await import(pathToFileURL(file).href)) as typeof module
  } catch (thrown) {
    const { message } = thrown instanceof Error ? thrown : new Error(String(thrown))
    throw new SubjectError(`${name} cannot be loaded: ${message.trim()}`)
  }
  return module.default
}

/**
 * Whether Node takes the files of a folder for modules: the nearest package.json says so. As CommonJS
 * they would load a second copy of the lab, whose ChatError the chat client does not know for its own:
 * every refusal would look like a broken line and be tried again.
 */
async function isOfModules(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const text = await readFile(join(path, 'package.json'), 'utf8').catch(() => null)
    if (text !== null) return (JSON.parse(text) as { readonly type?: unknown }).type === 'module'
    if (path === dirname(path)) return false
  }
}
