/** A server serves what it started with, whatever is started beside it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { claimServedFolder } from './served-folder.ts'

/** Larger than any that a system gives: of a process that is gone. */
const GONE = 999_999_999
const host = hostname().replace(/[^\w.]/g, '_')

let build = ''
beforeEach(() => {
  build = mkdtempSync(join(tmpdir(), 'lab-served-'))
})
afterEach(() => rmSync(build, { recursive: true, force: true }))

function folderOf(owner: string, content = ''): string {
  const folder = join(build, 'served', owner)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'chunk.js'), content)
  return folder
}

it('leaves the folder of a server that runs alone, and names it', () => {
  const other = folderOf(`${host}-${process.ppid}`, 'of the one that runs')
  const { own, others } = claimServedFolder(build)
  expect(own).not.toBe(other)
  expect(others).toEqual([other])
  expect(readFileSync(join(other, 'chunk.js'), 'utf8')).toBe('of the one that runs')
})

it('takes over the folder of a server that is gone, and removes what else such have left', () => {
  folderOf(`${host}-${GONE}`, 'made before')
  folderOf(`${host}-${GONE - 1}`, 'made before')
  const { own } = claimServedFolder(build)
  expect(readFileSync(join(own, 'chunk.js'), 'utf8')).toBe('made before')
  expect(readdirSync(join(build, 'served'))).toEqual([`${host}-${process.pid}`])
})

it('leaves alone what another machine has made, whose pids say nothing here', () => {
  const other = folderOf(`another.example-${GONE}`)
  claimServedFolder(build)
  expect(existsSync(other)).toBe(true)
})

it('gives a process the same folder again', () => {
  expect(claimServedFolder(build).own).toBe(claimServedFolder(build).own)
})
