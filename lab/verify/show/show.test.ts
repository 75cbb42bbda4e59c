/** Each demonstration: its verdict comes from what was recorded, and turns round when the two sides are exchanged. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from '../../command/options/command-line.ts'
import { CATALOGUE } from '../museum/catalogue.ts'
import { root } from '../rules/source-files.ts'
import { record, verdictOn } from './demonstration.ts'
import { DEMONSTRATIONS, demonstrationOf } from './demonstrations/index.ts'
import { LINE } from './options.ts'
import type { Recording } from './recording.ts'
import { sideBySide } from './side-by-side.ts'

it('there are at least fourteen demonstrations, each under a name of its own', () => {
  const names = DEMONSTRATIONS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(14)
})

it.each(DEMONSTRATIONS)('$name shows a defect of the catalogue', ({ defect }) => {
  const found = CATALOGUE.filter(
    ({ collection, name }) => collection === defect.collection && name === defect.name,
  )
  expect(found).toHaveLength(1)
})

it('each defect that only a demonstration has is shown by one', () => {
  const shown = DEMONSTRATIONS.map(({ defect }) => defect.name)
  for (const { collection, name } of CATALOGUE) if (collection === 'show') expect(shown).toContain(name)
})

describe.each(DEMONSTRATIONS)('the demonstration $name', (demonstration) => {
  it(`${demonstration.name} shows its defect on the side that has it`, async () => {
    const [broken, sound] = [await record(demonstration.broken), await record(demonstration.sound)]
    const verdict = verdictOn(demonstration, broken, sound)
    expect(verdict, `${verdict.left.words}; ${verdict.right.words}`).toMatchObject({ where: 'left' })

    const exchanged = verdictOn(demonstration, sound, broken)
    expect(exchanged.where).toBe('right')
    expect(exchanged).toMatchObject({ left: verdict.right, right: verdict.left })
    expect(exchanged.words).not.toBe(verdict.words)

    // Two recordings of one kind have no defect between them to be found on one side.
    expect(verdictOn(demonstration, broken, broken).where).toBe('both')
    expect(verdictOn(demonstration, sound, sound).where).toBe('neither')

    // The words tell the sides apart, and the picture has room for them.
    expect(verdict.left.words).not.toBe(verdict.right.words)
    const { draw = (recording: Recording) => recording } = demonstration
    for (const columns of [60, 80, 110]) {
      const sides = [broken, sound].map((one) => ({ title: 'a side', entries: draw(one) }))
      const lines = sideBySide(sides[0]!, sides[1]!, columns)
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns)
    }
  })
})

describe('two recordings side by side', () => {
  const entry = (at: number, what: string) => ({ at, who: 'server', what })
  const left = { title: 'one', entries: [entry(0, 'looks'), entry(500, 'answers')] }
  const right = { title: 'other', entries: [entry(0, 'looks too'), entry(1_000, 'waits '.repeat(30).trim())] }

  it('stand on one line when they are of one moment, and time goes down', () => {
    const lines = sideBySide(left, right, 80)
    expect(lines[0]).toMatch(/^ +ms {2}one +other$/)
    expect(lines[2]).toMatch(/^ +0 {2}server looks +server looks too$/)
    expect(lines[3]).toMatch(/^ +500 {2}server answers$/)
    expect(lines[4]).toMatch(/^ +1000 {2} +server waits/)
  })

  it('keep every word when a line is too long for its column', () => {
    const words = sideBySide(left, right, 80).join(' ').match(/waits/g)
    expect(words).toHaveLength(30)
  })

  it('stand one below the other where there is no room for two', () => {
    const lines = sideBySide(left, right, 60)
    expect(lines.filter((line) => line.includes('looks'))).toEqual([
      '    0  server looks',
      '    0  server looks too',
    ])
  })
})

describe('npm run show', () => {
  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const command = ['--import', 'tsx', join(root, 'lab/verify/show/main.ts'), ...args]
      execFile(process.execPath, command, { cwd: root }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      )
    })

  it('prints both time lines, a verdict on each, and the test that turns red', async () => {
    const { code, out } = await run('lost-wake-up')
    expect(code).toBe(0)
    expect(out).toMatch(/looks, then subscribes +subscribes, then looks/)
    expect(out).toMatch(/^Left: {2}unread in the log .*: number 1\.\nRight: the reader has all/m)
    expect(out).toContain('The defect is on the left.')
    expect(out).toContain('each message wakes those who wait, however they come to wait')
  })

  it('says what is wrong, and exits with 2', async () => {
    const { code, err } = await run('none-such')
    expect(code).toBe(2)
    expect(err).toBe(
      'show: there is no demonstration "none-such"; --list names them\nSee npm run show -- --help\n',
    )
  })

  it('takes one name, and lists all for none', () => {
    expect(demonstrationOf(parse(LINE, [])!)).toBeNull()
    expect(demonstrationOf(parse(LINE, ['herd', '--list'])!)).toBeNull()
    expect(demonstrationOf(parse(LINE, ['herd'])!)?.name).toBe('herd')
    expect(() => demonstrationOf(parse(LINE, ['herd', 'half-open'])!)).toThrow(/one at a time/)
  })
})
