/**
 * What a running server serves: pages and course as they were when it started.
 *
 * A checkout that is updated and started again makes other files, with other names; what is still running, and
 * the pages that people have open, go on asking for the old ones. So each server has a folder of its own, and it
 * holds the pid in its name. One whose server has ended is taken over by the next, which need not make again what
 * has not changed.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isAlive } from './temporary.ts'

/**
 * @param build where all that is made lies (build-folder.ts)
 * @returns this process's folder, and those of others, which may hold a course that is as good as new
 */
export function claimServedFolder(build: string): {
  readonly own: string
  readonly others: readonly string[]
} {
  const all = join(build, 'served')
  const own = join(all, nameOf(process.pid))
  mkdirSync(all, { recursive: true })
  const dead = readdirSync(all)
    .filter(isLeft)
    .map((name) => join(all, name))
    .sort(byAge)
  // By renaming, so that of two servers that start at once, one has it. What else is left has had its day.
  if (!dead.some((folder) => hasTaken(folder, own))) mkdirSync(own, { recursive: true })
  for (const folder of dead) rmSync(folder, { recursive: true, force: true })
  const others = readdirSync(all).map((name) => join(all, name))
  return { own, others: others.filter((folder) => folder !== own) }
}

/** A pid says something on its own machine only, and a checkout may be shared by several. */
const host = hostname().replace(/[^\w.]/g, '_')
const nameOf = (pid: number) => `${host}-${pid}`

function isLeft(name: string): boolean {
  const pid = name.startsWith(`${host}-`) ? Number(name.slice(host.length + 1)) : Number.NaN
  return Number.isInteger(pid) && (pid === process.pid || !isAlive(pid))
}

/** The youngest first. */
const byAge = (one: string, other: string) => ageOf(one) - ageOf(other)

function ageOf(folder: string): number {
  const stats = statSync(folder, { throwIfNoEntry: false })
  return stats ? -stats.mtimeMs : 0
}

function hasTaken(folder: string, own: string): boolean {
  try {
    if (folder !== own) renameSync(folder, own)
    return true
  } catch {
    return false // another process was faster
  }
}
