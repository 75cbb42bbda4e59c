/** A checkout that cannot be written: what is made goes elsewhere, or one sentence says which folder it is about. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { choose } from './build-folder.ts'
import { FolderError } from './folder-error.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-build-folder-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let folders = 0
/** A new place; and one in which nothing can be made, not even by root: a file lies there. */
const place = () => join(folder, String(folders++))
function blocked(): string {
  const path = place()
  writeFileSync(path, '')
  return join(path, 'build')
}
function temporary(): string {
  const path = place()
  mkdirSync(path)
  return path
}

describe('where what is made goes', () => {
  it('is build/ in the checkout, which is made', () => {
    const usual = join(place(), 'build')
    expect(choose(undefined, usual, blocked())).toBe(usual)
    expect(statSync(usual).isDirectory()).toBe(true)
  })

  it('is a folder of our own among the temporary ones when the checkout cannot be written, the same each time', () => {
    const [usual, there] = [blocked(), temporary()]
    const chosen = choose(undefined, usual, there)
    expect(chosen.startsWith(there)).toBe(true)
    expect(statSync(chosen).mode & 0o777).toBe(0o700)
    expect(choose(undefined, usual, there)).toBe(chosen)
    expect(choose(undefined, blocked(), there)).not.toBe(chosen)
  })

  it('is what the environment names, or nothing', () => {
    const asked = place()
    expect(choose(asked, blocked(), blocked())).toBe(asked)
    const wrong = blocked()
    expect(() => choose(wrong, place(), temporary())).toThrow(
      `${wrong} cannot be written (ENOTDIR); TRANSPORT_LAB_BUILD must name a folder of your own`,
    )
  })

  it('is told in one sentence when it is nowhere', () => {
    const usual = blocked()
    expect(() => choose(undefined, usual, blocked())).toThrow(FolderError)
    expect(() => choose(undefined, usual, blocked())).toThrow(`${usual} cannot be written (ENOTDIR)`)
  })

  it('is no folder that another user has prepared for us', () => {
    const [usual, there] = [blocked(), temporary()]
    const chosen = choose(undefined, usual, there)
    chmodSync(chosen, 0o777)
    expect(() => choose(undefined, usual, there)).toThrow(usual)
    rmSync(chosen, { recursive: true })
    const elsewhere = temporary()
    symlinkSync(elsewhere, chosen)
    expect(() => choose(undefined, usual, there)).toThrow(usual)
  })
})
