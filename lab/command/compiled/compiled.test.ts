/**
 * A command that runs compiled, in small checkouts of its own: kept, made again when a source changed, whole or not at all.
 */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { root } from '../../verify/rules/source-files.ts'
import { type Started, script, started } from '../started.ts'
import { compiled, sources } from './compiled.js'

const folder = mkdtempSync(join(tmpdir(), 'lab-compiled-'))
const running: Started[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MAIN = 'lab/app/main.ts'
const [, RUN = ''] = script('start')
let checkouts = 0

/** A checkout with what compiles, and these sources. */
function checkout(files: Readonly<Record<string, string>>) {
  const own = join(folder, String(checkouts++))
  const build = join(own, 'build')
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(own, file)), { recursive: true })
    writeFileSync(join(own, file), text)
  }
  for (const one of ['transports', 'benchmarks', 'docs/site', 'tmp'])
    mkdirSync(join(own, one), { recursive: true })
  cpSync(join(root, dirname(RUN)), join(own, dirname(RUN)), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(own, 'node_modules'), 'junction')
  write('package.json', '{ "type": "module" }')
  for (const [file, text] of Object.entries(files)) write(file, text)
  const start = (env: Record<string, string> = {}, ...args: string[]) => {
    const one = started([process.execPath, RUN, MAIN, ...args], {
      cwd: own,
      env: { TMPDIR: join(own, 'tmp'), NO_COLOR: '1', ...env },
    })
    running.push(one)
    return one
  }
  return {
    own,
    build,
    tmp: join(own, 'tmp'),
    write,
    /** The versions that are kept, and what lies beside them. */
    kept: (place = build) => readdirSync(join(place, 'compiled')),
    start,
    async run(...given: Parameters<typeof start>) {
      const one = start(...given)
      const code = await one.ended
      return { code, ...one.said }
    },
  }
}

const says = (text: string) => `console.log(${JSON.stringify(text)})\n`
const VERSION = /^lab-app-main-[0-9a-f]{20}$/

describe('a command that runs compiled', () => {
  it('has its arguments, and its place in the checkout', async () => {
    const { own, run } = checkout({
      [MAIN]: `import { fileURLToPath } from 'node:url'
        const { dirname, filename, url } = import.meta
        console.log(JSON.stringify([process.argv.slice(1), dirname, filename, fileURLToPath(url)]))`,
    })
    const file = join(own, MAIN)
    const { out } = await run({}, '--port', '0')
    expect(JSON.parse(out)).toEqual([[file, '--port', '0'], dirname(file), file, file])
  })

  it('is compiled once, and by the next start not again', async () => {
    const { build, kept, run } = checkout({ [MAIN]: says('one') })
    expect(await run()).toEqual({ code: 0, out: 'one\n', err: '' })
    const [name] = kept()
    const madeAt = () => statSync(join(build, 'compiled', name!, 'main.js')).mtimeMs
    const before = madeAt()
    expect(await run()).toEqual({ code: 0, out: 'one\n', err: '' })
    expect([kept(), madeAt()]).toEqual([[name], before])
  })

  it('is compiled again when a source has changed, even one of the same length and time', async () => {
    const { own, kept, write, run } = checkout({
      [MAIN]: "import './part.ts'\n",
      'lab/app/part.ts': says('one'),
    })
    const part = join(own, 'lab/app/part.ts')
    const { atime, mtime } = statSync(part)
    expect((await run()).out).toBe('one\n')
    write('lab/app/part.ts', says('two'))
    utimesSync(part, atime, mtime)
    expect((await run()).out).toBe('two\n')
    write('lab/app/part.ts', says('one'))
    expect((await run()).out).toBe('one\n')
    expect(kept()).toEqual([expect.stringMatching(VERSION), expect.stringMatching(VERSION)])
  })

  it('is compiled again when a file has come or changed that is imported by a computed name', async () => {
    const { write, run } = checkout({
      [MAIN]: `const name = 'sse'
        try {
          console.log(await import(\`../../transports/\${name}/server.ts\`))
        } catch {
          console.log('none')
        }`,
      'transports/other/server.ts': 'export default 1',
    })
    expect((await run()).out).toBe('none\n')
    write('transports/sse/server.ts', 'export default 2')
    expect((await run()).out).toContain('default: 2')
    write('transports/sse/server.ts', 'export default 3')
    expect((await run()).out).toContain('default: 3')
  })

  it.each(['package-lock.json', 'tsconfig.json'])('is compiled again when %s has changed', async (file) => {
    const { kept, write, run } = checkout({ [MAIN]: says('one') })
    await run()
    write(file, '{ }')
    await run()
    expect(kept()).toHaveLength(2)
  })

  it('loads a package of CommonJS by require, and its importers have what an import gives them', async () => {
    const { run, kept, build } = checkout({
      [MAIN]: `
        import Fastify, { errorCodes } from 'fastify'
        import * as cookie from 'cookie'
        import { object } from 'valibot'
        const own = await import('ws')
        console.log(typeof Fastify, typeof Fastify.fastify, typeof errorCodes.FST_ERR_NOT_FOUND)
        console.log(typeof cookie.parseCookie, typeof object, typeof own.WebSocketServer)`,
    })
    expect(await run()).toMatchObject({
      code: 0,
      out: 'function function function\nfunction function function\n',
    })
    const text = readFileSync(join(build, 'compiled', kept()[0]!, 'main.js'), 'utf8')
    expect([...text.matchAll(/from "([a-z-]+)"/g)].map(([, name]) => name)).toEqual(['valibot'])
    expect([...text.matchAll(/createRequire\(.*?\)\("(.+?)"\)/g)].map(([, name]) => name)).toEqual([
      'fastify',
      'cookie',
    ])
  })

  it('tells of a package that is not there when it is loaded, by its name', async () => {
    const { run } = checkout({ [MAIN]: `import 'no-such-package-here'` })
    expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining("'no-such-package-here'") })
  })

  it('keeps the versions that were started last, and removes what a killed build has left', async () => {
    const { build, kept, write, run } = checkout({ [MAIN]: says('one') })
    await run()
    const all = join(build, 'compiled')
    const old = Array.from({ length: 12 }, (_, i) => `lab-app-main-${String(i).padStart(20, '0')}`)
    for (const [age, name] of [...old, '.making-left'].entries()) {
      mkdirSync(join(all, name))
      utimesSync(join(all, name), 1_000_000 - age, 1_000_000 - age)
    }
    mkdirSync(join(all, '.making-at-work'))
    mkdirSync(join(all, 'lab-app-main-echo-0'))
    write(MAIN, says('two'))
    await run()
    const left = kept().filter((name) => old.includes(name))
    expect(left.sort()).toEqual(old.slice(0, 6))
    expect(kept()).toHaveLength(6 + 2 + 2)
    expect(kept()).toEqual(expect.arrayContaining(['.making-at-work', 'lab-app-main-echo-0']))
  })

  it('is whole for each of several that start at once', async () => {
    const { kept, run } = checkout({ [MAIN]: says('one') })
    const all = await Promise.all(Array.from({ length: 4 }, () => run()))
    for (const one of all) expect(one).toEqual({ code: 0, out: 'one\n', err: '' })
    expect(kept()).toEqual([expect.stringMatching(VERSION)])
  })

  it('is whole after builds that were killed', async () => {
    const { start, run } = checkout({ [MAIN]: says('one') })
    for (const afterMs of [60, 120, 180, 240]) {
      const one = start()
      await pause(afterMs) // wherever that is: all that may be left of it must do no harm
      one.child.kill('SIGKILL')
      await one.ended
    }
    expect(await run()).toEqual({ code: 0, out: 'one\n', err: '' })
  })
})

describe('a folder that cannot be written', () => {
  const blocked = (own: string) => writeFileSync(join(own, 'build'), '') // not even root can make a folder in it

  it('is replaced by one of the user’s own among the temporary ones, in which it is kept', async () => {
    const { own, tmp, kept, run } = checkout({ [MAIN]: says('one') })
    blocked(own)
    expect(await run()).toEqual({ code: 0, out: 'one\n', err: '' })
    const [name] = readdirSync(tmp)
    expect(name).toMatch(/^transport-lab-build-/)
    expect(kept(join(tmp, name!))).toEqual([expect.stringMatching(VERSION)])
    expect(await run()).toEqual({ code: 0, out: 'one\n', err: '' })
    expect(readdirSync(tmp)).toEqual([name])
  })

  it('that another user may write is not trusted: nothing is run from there', async () => {
    const { own, tmp, kept, run } = checkout({ [MAIN]: says('one') })
    blocked(own)
    await run()
    const shared = join(tmp, readdirSync(tmp)[0]!)
    const file = join(shared, 'compiled', kept(shared)[0]!, 'main.js')
    writeFileSync(file, says('planted'))
    expect((await run()).out).toBe('planted\n') // so that is what would be run
    chmodSync(shared, 0o777)
    expect(await run()).toEqual({ code: 0, out: 'one\n', err: '' })
  })

  it('that the environment names is for the command to complain of, which runs', async () => {
    const { own, tmp, run } = checkout({ [MAIN]: says('one') })
    blocked(own)
    expect(await run({ TRANSPORT_LAB_BUILD: join(own, 'build/x') })).toEqual({
      code: 0,
      out: 'one\n',
      err: '',
    })
    expect(readdirSync(tmp)).toEqual([])
  })

  it('is read when it holds what was made before', async () => {
    const { own, tmp, build, run } = checkout({ [MAIN]: says('one') })
    await run()
    const before = readdirSync(join(build, 'compiled'))
    chmodSync(join(build, 'compiled'), 0o555)
    chmodSync(build, 0o555)
    expect((await run()).out).toBe('one\n')
    expect([readdirSync(join(build, 'compiled')), readdirSync(tmp)]).toEqual([before, []])
    chmodSync(build, 0o755)
    chmodSync(join(build, 'compiled'), 0o755)
    rmSync(own, { recursive: true })
  })
})

describe('what is wrong in a source', () => {
  const later = `interface Job { name: string }

/** Comments and types: the lines of the source are not those of what runs. */
export function fail(job: Job): never {
  throw new Error('no ' + job.name)
}
`

  it('that throws is told by its line in the source, with that line', async () => {
    const { own, run } = checkout({
      [MAIN]:
        "import { fail } from './later.ts'\n\ntype T = string\nsetTimeout(() => fail({ name: 'luck' as T }), 1)\n",
      'lab/app/later.ts': later,
    })
    const { code, err } = await run()
    expect(code).toBe(1)
    expect(err).toContain("throw new Error('no ' + job.name)")
    expect(err).toContain('Error: no luck')
    expect(err).toContain(`at fail (${join(own, 'lab/app/later.ts')}:5:9)`)
    expect(err).toContain(`${join(own, MAIN)}:4:18`)
    expect(err).not.toContain('build/compiled')
  })

  it('and does not compile is told by file, line and the code there, without a stack', async () => {
    const { run, write } = checkout({ [MAIN]: 'const one = 1\nconst two = {\n' })
    const { code, out, err } = await run()
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^transport-lab: this does not compile:\n/)
    expect(err).toContain('lab/app/main.ts:3:0:')
    expect(err).not.toContain('    at ')
    write(MAIN, "import { nothing } from './part.ts'\nconsole.log(nothing)\n")
    write('lab/app/part.ts', 'export const something = 1\n')
    expect((await run()).err).toMatch(/"lab\/app\/part\.ts".*"nothing"[\s\S]*lab\/app\/main\.ts:1:9:/)
    write(MAIN, "import './gone.ts'\n")
    expect((await run()).err).toMatch(/"\.\/gone\.ts"[\s\S]*lab\/app\/main\.ts:1:7:/)
  })

  it.each([
    ['does not parse', 'export default {\n', /transports\/sse\/server\.ts:2:0: ERROR: /],
    ['imports what is not there', "import './gone.ts'\n", /transports\/sse\/server\.ts:1:7: ERROR: .*gone/],
    ['throws', "throw new Error('not today')\nexport default 1\n", /^not today$/m],
  ])('of one transport, and %s, keeps no other from running', async (_what, text, message) => {
    const { run } = checkout({
      [MAIN]: `for (const name of ['sse', 'tcp'])
        await import(\`../../transports/\${name}/server.ts\`).then((m) => console.log(m.default), (e) => console.log(e.message))`,
      'transports/sse/server.ts': text,
      'transports/tcp/server.ts': "export default 'tcp is here'\n",
    })
    const { code, out, err } = await run()
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(message)
    expect(out).toContain('tcp is here')
  })
})

describe.each([MAIN, 'lab/app/echo/main.ts', 'benchmarks/processes/server.ts', 'benchmarks/echo/server.ts'])(
  '%s, compiled',
  { timeout: 60_000 },
  (entry) => {
    const made = compiled(entry).then((file) =>
      readdirSync(dirname(file))
        .filter((name) => /\.js(\.map)?$/.test(name))
        .map((name) => ({
          name,
          path: join(dirname(file), name),
          text: readFileSync(join(dirname(file), name), 'utf8'),
        })),
    )

    it('wraps no function to keep its name', async () => {
      for (const { name, text } of (await made).filter((one) => one.name.endsWith('.js'))) {
        expect(text, name).not.toMatch(/__name\b/)
        expect(text, name).not.toMatch(/defineProperty\([^)]*["']name["']/)
      }
    })

    it('is made of nothing whose change would go unseen', async () => {
      const seen = new Set(sources())
      const maps = (await made).filter((one) => one.name.endsWith('.map'))
      // A package stays where it is: what loads it holds its name, and none of its text.
      const used = maps.flatMap(({ path, text }) =>
        (JSON.parse(text) as { sources: string[] }).sources
          .filter((source) => !/(?:^|\/)by-require:/.test(source))
          .map((source) => relative(root, resolve(dirname(path), source))),
      )
      expect(used.length).toBeGreaterThan(5)
      expect(used.filter((source) => !seen.has(source))).toEqual([])
    })
  },
)
