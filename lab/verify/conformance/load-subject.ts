/** What the contract is run against: a folder with `server.ts` and `client.ts`, or the reference. */
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { TransportFactory } from '../../client/transport.ts'
import type { ServerTransport } from '../../server/transport-kit/server-transport.ts'
import { inMemory } from './reference.ts'
import type { Subject } from './subject.ts'

export const reference: Subject = { name: 'the in-memory reference', inProcess: inMemory }

/** Something is wrong with the folder, not with the transport in it. */
export class SubjectError extends Error {}

/**
 * @param folder holds `server.ts` and `client.ts`, each with a default export
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
  const client = (await defaultExport(join(path, 'client.ts'))) as TransportFactory
  const server = (await defaultExport(join(path, 'server.ts'))) as ServerTransport
  return { name: basename(path), client, server }
}

async function defaultExport(file: string): Promise<unknown> {
  const name = join(basename(resolve(file, '..')), basename(file))
  if (!(await stat(file).catch(() => null))) throw new SubjectError(`${name} is missing`)
  let module: { readonly default?: unknown }
  try {
    module = (await import(pathToFileURL(file).href)) as typeof module
  } catch (thrown) {
    const { message } = thrown instanceof Error ? thrown : new Error(String(thrown))
    throw new SubjectError(`${name} cannot be loaded: ${message.trim()}`)
  }
  if (typeof module.default === 'function' || typeof module.default === 'object') return module.default
  throw new SubjectError(`${name} must export a function by default: export default …`)
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
