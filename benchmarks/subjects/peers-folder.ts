/**
 * Peers that do not come with the lab, since `npm install` shall stay small: they lie in a folder of their own, which one
 * command fills. Versions are pinned, so that two runs measure the same.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { buildFolder } from '../../lab/command/build-folder.ts'

const VERSIONS = { bun: '1.4.5', sockjs: '0.3.24' } as const
export type PeerPackage = keyof typeof VERSIONS

/** For npm's command line. */
export const ALL = Object.entries(VERSIONS)
  .map((one) => one.join('@'))
  .join(' ')

const packages = () => join(buildFolder(), 'peers', 'node_modules')

export const folderOf = (name: string): string => join(packages(), name)

/** @returns how to get it; null when it is here, in the version that is wanted */
export function absentPackage(name: PeerPackage): string | null {
  if (versionOf(name) === VERSIONS[name]) return null
  const folder = relative(process.cwd(), join(buildFolder(), 'peers')) || '.'
  return `npm install --no-save --no-package-lock --prefix ${folder} ${ALL}`
}

/** The version that lies in the folder; null when there is none. */
export function versionOf(name: PeerPackage): string | null {
  const file = join(folderOf(name), 'package.json')
  if (!existsSync(file)) return null
  return (requireHere()(file) as { version: string }).version
}

/** For the run file. */
export const versionIn = (name: PeerPackage): Readonly<Record<string, string>> => ({
  [name]: versionOf(name) ?? 'unknown',
})

export const loadPackage = (name: PeerPackage): unknown => requireHere()(folderOf(name))

const requireHere = () => createRequire(import.meta.url)
