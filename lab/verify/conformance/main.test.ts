/** The command, as a learner meets it: good folders, broken ones, and wrong use. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const example = join(import.meta.dirname, 'example')
const LIMIT_MS = 60_000

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'contract-'))
  await writeFile(join(home, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rm(home, { recursive: true }))

/** A transport folder outside of the lab; what is not given is the example's. */
async function folderWith(name: string, files: { client?: string; server?: string }): Promise<string> {
  const folder = join(home, name)
  await mkdir(folder, { recursive: true })
  for (const half of ['client', 'server'] as const) {
    const text = files[half] ?? `export { default } from ${JSON.stringify(join(example, `${half}.ts`))}\n`
    if (text !== '') await writeFile(join(folder, `${half}.ts`), text)
  }
  return folder
}

/** The text of a `transport.ts`: that of the example, and what is given. */
const describedAs = (more: object) => `
  import own from ${JSON.stringify(join(example, 'transport.ts'))}
  export default { ...own, ...${JSON.stringify(more)} }
`

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** @param onOut is told what has been printed so far */
function conformance(
  args: readonly string[],
  onOut?: (out: string, interrupt: () => void) => void,
): Promise<Ended> {
  return new Promise((end) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'lab/verify/conformance/main.ts', ...args], {
      cwd: root,
    })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      onOut?.(out, () => child.kill('SIGINT'))
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    child.on('close', (code) => end({ code, out, err }))
  })
}

describe('npm run conformance', { timeout: LIMIT_MS }, () => {
  it('ends with 0 when all cases pass, for a folder outside of the lab', async () => {
    const folder = await folderWith('sound', {})
    const { code, out } = await conformance([folder, '--only', 'room', '--seed', '7'])
    expect(out).toContain('Chance begins at 7')
    expect(out).toMatch(/\d+ cases: \d+ passed, 0 failed/)
    expect(code).toBe(0)
  })

  it('skips a case that the descriptor says the transport cannot meet, and prints the reason', async () => {
    const name = 'what one writes, the other reads'
    const folder = await folderWith('excused', {})
    await writeFile(join(folder, 'transport.ts'), describedAs({ cannot: { [name]: 'it forgets' } }))
    const { code, out, err } = await conformance([folder, '--only', name])
    expect(out + err).toContain(`skipped  ${name}: it forgets`)
    expect(out).toContain('1 cases: 0 passed, 0 failed, 1 skipped')
    expect(code).toBe(0)
  })

  it.each([
    { what: 'a case that there is not', cannot: { 'no such case': 'why' }, says: 'no case has this name' },
    { what: 'no reason', cannot: { x: '' }, says: 'must have cannot: { "name of a case": "reason" }' },
    { what: 'a list', cannot: ['x'], says: 'must have cannot: { "name of a case": "reason" }' },
  ])('refuses a descriptor that excuses itself with $what', async ({ cannot, says }) => {
    const folder = await folderWith('badly-excused', {})
    await writeFile(join(folder, 'transport.ts'), describedAs({ cannot }))
    const { code, out, err } = await conformance([folder, '--only', 'room'])
    expect(out + err).toContain(says)
    expect(code).toBe(2)
  })

  it('serves those that a client-only transport chooses among, which has no server of its own', async () => {
    const client = `
      import client from ${JSON.stringify(join(root, 'transports/sse/client.ts'))}
      const transport = client()
      const chosen = ({ href }) => new URL(href.replace('/transports/chooser/', '/transports/sse/'))
      export default () => ({ open: (given) => transport.open({ ...given, baseUrl: chosen(given.baseUrl) }) })
    `
    const chooses = (what: string) => `
      import own from ${JSON.stringify(join(root, 'transports/sse/transport.ts'))}
      export default { ...own, carriedBy: { transports: ['${what}'] }, quiet: { until: 'as chosen' } }
    `
    const folder = await folderWith('chooser', { client, server: '' })
    await writeFile(join(folder, 'transport.ts'), chooses('sse'))
    const { code, out, err } = await conformance([folder, '--only', 'up to date'])
    expect(out + err).toContain('1 cases: 1 passed, 0 failed')
    expect(code).toBe(0)

    await writeFile(join(folder, 'transport.ts'), chooses('pigeon'))
    const wrong = await conformance([folder])
    expect(wrong.err).toContain('chooser/transport.ts chooses "pigeon", which the lab does not serve')
    expect(wrong.code).toBe(2)
  })

  it('says in plain words what failed, why it matters and how to repeat it, and ends with 1', async () => {
    const client = `
      import client from ${JSON.stringify(join(example, 'client.ts'))}
      const transport = client()
      export default () => ({ open: (options) => transport.open({ ...options, since: null }) })
    `
    const folder = await folderWith('forgetful', { client })
    const { code, out } = await conformance([folder, '--only', 'up to date', '--seed', '7'])
    expect(out).toContain('FAILED  a reader who is up to date is told nothing old')
    expect(out).toMatch(/expected {2}what after heard, number 1 of 1: .*"new"/)
    expect(out).toMatch(/came {6}.*"old 1"/)
    expect(out).toMatch(/why {7}A reconnect would show/)
    expect(out).toContain('1 cases: 0 passed, 1 failed')
    expect(out).toContain('--seed 7')
    expect(code).toBe(1)
  })

  it('the command survives an error that a transport throws where no caller can catch it', async () => {
    const client = `
      import client from ${JSON.stringify(join(example, 'client.ts'))}
      export default () => ({
        open(options) {
          setTimeout(() => { throw new Error('from nowhere') }, 1)
          return client().open(options)
        },
      })
    `
    const folder = await folderWith('throwing', { client })
    const { code, out } = await conformance([folder, '--only', 'late is told'])
    expect(out).toContain('thrown    Error: from nowhere')
    expect(out).toContain('client.ts')
    expect(code).toBe(1)
  })

  it('ends with 130 on Ctrl-C, with the counts so far', async () => {
    const folder = await folderWith('interrupted', {})
    let isInterrupted = false
    const { code, out } = await conformance([folder], (soFar, interrupt) => {
      if (isInterrupted || !soFar.includes('Chance begins')) return
      isInterrupted = true
      interrupt()
    })
    expect(out).toMatch(/\d+ cases: \d+ passed, 0 failed, \d+ not run/)
    expect(code).toBe(130)
  })

  it('prints how it is used', async () => {
    const { code, out } = await conformance(['--help'])
    expect(out).toContain('npm run conformance -- FOLDER')
    expect(code).toBe(0)
  })

  it.each([
    { use: 'no folder', args: [], says: 'name the folder of a transport' },
    { use: 'two folders', args: ['a', 'b'], says: 'one folder at a time' },
    { use: 'a folder that is not there', args: ['nowhere'], says: 'there is no folder' },
    { use: 'a file', args: ['package.json'], says: 'is a file' },
    { use: 'a folder without a transport', args: ['lab/wire'], says: 'wire/client.ts is missing' },
    { use: 'an unknown option', args: ['x', '--bogus'], says: "Unknown option '--bogus'" },
    { use: 'a seed that is none', args: ['x', '--seed', '1e9'], says: '--seed must be a whole number' },
    { use: 'a text that no case has', args: [example, '--only', 'no such case'], says: 'no case has' },
  ])('ends with 2 and one clear line for $use', async ({ args, says }) => {
    const { code, out, err } = await conformance(args)
    expect(err).toContain(says)
    expect(err.trim().split('\n')).toHaveLength(2)
    expect(out).toBe('')
    expect(code).toBe(2)
  })

  it.each([
    { what: 'a syntax error', client: 'export default () => ({ open( }', says: 'cannot be loaded' },
    { what: 'no default export', client: 'export const open = 1', says: 'must export a function by default' },
    {
      what: 'a default that is no function',
      client: 'export default 1',
      says: 'must export a function by default',
    },
    { what: 'an import that is not there', client: "import './nothing.ts'", says: 'cannot be loaded' },
  ])('ends with 2 and names the file for $what', async ({ what, client, says }) => {
    const { code, err } = await conformance([await folderWith(what.replaceAll(' ', '-'), { client })])
    expect(err).toContain('client.ts')
    expect(err).toContain(says)
    expect(err).not.toMatch(/^ {4}at /m)
    expect(code).toBe(2)
  })

  it('asks for a package.json where the folder would be taken for CommonJS', async () => {
    const folder = await folderWith('common', {})
    await writeFile(join(folder, 'package.json'), '{}')
    const { code, err } = await conformance([folder])
    expect(err).toContain('"type": "module"')
    expect(code).toBe(2)
  })
})
