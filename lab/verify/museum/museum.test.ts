/** The museum: each bug shows in real bytes, none shows without its switch, and each has a line of ours that mends it. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PITFALLS } from '../../app/pitfalls/index.ts'
import { parse } from '../../command/options/command-line.ts'
import { shownByPitfall } from '../../defects/said.ts'
import { CASES } from '../conformance/cases/index.ts'
import { framing } from '../conformance/codec/framing.ts'
import { messages } from '../conformance/codec/messages.ts'
import { ECHO_CASES } from '../conformance/echo/cases.ts'
import { filesIn, importsOf, root, textOf } from '../rules/source-files.ts'
import { DEMONSTRATIONS } from '../show/demonstrations/index.ts'
import { BUGS, NO_BUGS } from './bugs.ts'
import { CATALOGUE } from './catalogue.ts'
import { EXHIBITS } from './exhibits.ts'
import { LINE, museumCommand } from './options.ts'
import { play } from './play.ts'

/** Without what takes megabytes, and what a server may leave that checks text at its end. */
const CASES_OF_A_SOUND_SERVER = ECHO_CASES.filter(({ name, early }) => !early && !name.startsWith('9'))

describe('the museum’s server without a bug', () => {
  it.each(CASES_OF_A_SOUND_SERVER)('$name', async ({ name }) => {
    const { came, wanted } = await play({ echo: name }, NO_BUGS)
    expect(came).toBe(wanted)
  })
})

describe('the exhibits', () => {
  it('are the bugs that have a switch, each once', () => {
    expect(EXHIBITS.map(({ name }) => name)).toEqual([...BUGS])
  })

  it.each(EXHIBITS)('$name shows in the bytes', async ({ name, script, came }) => {
    const broken = await play(script, new Set([name]))
    expect(broken.came).toBe(came)
    expect(broken.came).not.toBe(broken.wanted)
  })

  it.each(EXHIBITS)('$name is gone when its switch is off', async ({ script }) => {
    const { came, wanted } = await play(script, NO_BUGS)
    expect(came).toBe(wanted)
  })

  it.each(EXHIBITS)('$name can do what every tutorial shows: say hello', async ({ name }) => {
    // A bug that breaks everything would have been found by its writer.
    const HELLO = { echo: '2: a ping with bytes that are no text is answered with the same' }
    const hidden = ['pings-ignored', 'hex-opcode'].includes(name) ? { echo: '1: text of 1 bytes' } : HELLO
    const { came, wanted } = await play(hidden, new Set([name]))
    const withoutClose = name === 'no-close-handshake' ? wanted.replace(' 88 02 03 e8', '') : wanted
    expect(came).toBe(withoutClose)
  })
})

describe('the catalogue of defects', () => {
  it('has each name once in its collection', () => {
    const names = CATALOGUE.map(({ collection, name }) => `${collection}: ${name}`)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it.each(CATALOGUE.filter(({ mend }) => mend))(
    '$collection: $name is mended by a line that is there',
    ({ mend }) => {
      expect(textOf(mend!.file).split(mend!.code).length - 1, `${mend!.code} in ${mend!.file}`).toBe(1)
    },
  )

  it.each(CATALOGUE)('$collection: $name names a test that exists', ({ name, collection, redTest }) => {
    const known = {
      museum: [...ECHO_CASES.map((one) => one.name), `${name} shows in the bytes`],
      codec: [...framing, ...messages].map((one) => one.name),
      contract: CASES.map((one) => one.name),
      pitfall: PITFALLS.map((one) => shownByPitfall(one.name)),
      show: DEMONSTRATIONS.map((one) => `${one.name} shows its defect on the side that has it`),
    }[collection]
    expect(known).toContain(redTest)
  })
})

describe('docs/museum.md', () => {
  const page = textOf('docs/museum.md')

  it.each(EXHIBITS)('explains $name, with its bytes and the line that mends it', (exhibit) => {
    const { name, title, mend, came } = exhibit
    const section = page.split(/^(?=### )/m).find((text) => text.startsWith(`### ${title}\n`))
    expect(section, `there is no section “${title}”`).toBeDefined()
    for (const part of [came, mend.code, `](../${mend.file})`, `--bug ${name} --show`])
      expect(section).toContain(part)
  })
})

describe('npm run museum', () => {
  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const command = ['--import', 'tsx', join(root, 'lab/verify/museum/main.ts'), ...args]
      execFile(process.execPath, command, { cwd: root }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      )
    })

  it('plays the bytes of a bug', async () => {
    const { code, out } = await run('--bug', 'mask-not-required', '--show')
    expect(code).toBe(0)
    expect(out).toMatch(/the client sends +81 01 78\n.*wants +88 02 03 ea\n.*sends +81 01 78\n/)
  })

  it('says what is wrong, and exits with 2', async () => {
    const { code, err } = await run('--bug', 'none-such')
    expect(code).toBe(2)
    expect(err).toBe('museum: there is no bug "none-such"; --list names them\nSee npm run museum -- --help\n')
  })

  it.each<[string, readonly string[], RegExp]>([
    ['no bug', [], /--bug must name a bug/],
    ['a port that is none', ['--bug', BUGS[0], '--port', '65536'], /--port must be/],
    ['an option that is none', ['--bgu', BUGS[0]], /Unknown option/],
  ])('refuses %s', (_what, args, words) => {
    expect(() => museumCommand(parse(LINE, args)!.values)).toThrow(words)
  })

  it('is started by nothing that ships', () => {
    const shipped = filesIn(['lab', 'transports', 'web', 'benchmarks']).filter(
      (file) => !file.startsWith('lab/verify/') && !file.endsWith('.test.ts'),
    )
    const importing = shipped.filter((file) =>
      importsOf(file, textOf(file)).some((target) => target.startsWith('lab/verify/museum/')),
    )
    expect(importing).toEqual([])
  })
})
