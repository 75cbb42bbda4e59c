/** Every starter fails, in words of its check; every solution passes; and the command is good to those who err. */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { textOf } from '../../lab/verify/rules/source-files.ts'
import { CHAPTERS, fileOf } from '../course.ts'
import { root } from '../site/render/source.ts'
import { catalog } from './runner/catalog.ts'
import type { Exercise } from './runner/check.ts'
import { runChecks } from './runner/run-checks.ts'

const entries = catalog()

it('there are at least 22, numbered without holes', () => {
  expect(entries.length).toBeGreaterThanOrEqual(22)
  expect(entries.map(({ number }) => Number(number))).toEqual(entries.map((_, index) => index + 1))
})

it('the table of the README has each with its title', () => {
  const readme = textOf('docs/exercises/README.md')
  for (const { number, name, title } of entries)
    expect(readme).toContain(`| ${number} | [${title}](${name}/README.md) |`)
})

describe.each(entries)('$number $title', ({ number, name, folder, hints }) => {
  const load = async () => (await import(join(folder, 'check.ts'))) as { default: Exercise }

  it('the starter fails, and the check says why in its own words', async () => {
    const outcome = await runChecks((await load()).default, join(folder, 'starter.ts'))
    expect(outcome.kind).toBe('unmet')
    if (outcome.kind !== 'unmet') return
    expect(outcome.why).not.toMatch(/^your code threw/)
    expect(outcome.why.length).toBeGreaterThan(20)
  })
  it('the solution passes every check', async () => {
    const outcome = await runChecks((await load()).default, join(folder, 'solution.ts'))
    expect(outcome).toMatchObject({ kind: 'passed' })
  })
  it('has hints', () => {
    expect(hints.length).toBeGreaterThanOrEqual(2)
  })
  it('says on its page how to begin, where one writes, and to which chapter it belongs', () => {
    const readme = textOf(`docs/exercises/${name}/README.md`)
    expect(readme).toContain(`\n\`\`\`sh\nnpm run exercise -- ${number}\n\`\`\`\n`)
    expect(readme).toContain(`\`my-work/${name}.ts\``)
    expect(readme).toContain('[the starter](starter.ts)')
    const chapter = /Belongs to \[chapter (\w+)\]\(\.\.\/\.\.\/chapters\/0?(\w+)-[\w-]+\.md/.exec(readme)
    expect(chapter?.[2]).toBe(chapter?.[1])
    // And the chapter leads here.
    const file = fileOf(CHAPTERS.find(({ number }) => String(number) === chapter?.[1])!)
    expect(textOf(file!)).toContain(`../exercises/${name}/README.md`)
  })
})

describe('npm run exercise', { timeout: 120_000 }, () => {
  const folders: string[] = []
  let work = ''

  beforeEach(async () => {
    work = await mkdtemp(join(tmpdir(), 'transport-lab-work-'))
    folders.push(work)
  })
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const command = ['--import', 'tsx', join(root, 'docs/exercises/runner/main.ts'), ...args]
      const env = { ...process.env, EXERCISE_WORK: work }
      execFile(process.execPath, command, { cwd: root, env }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      )
    })
  const first = entries[0]!
  const file = () => join(work, `${first.name}.ts`)

  it('begins with a copy of the starter, and says what is wrong with it', async () => {
    const { code, out } = await run('1')
    expect(code).toBe(1)
    expect(out).toMatch(/3 polls were on their way at once|polls were on their way at once/)
    expect(await readFile(file(), 'utf8')).toBe(textOf(`docs/exercises/${first.name}/starter.ts`))
  })
  it('passes the solution, keeps the learner’s work, and checks earlier work again', async () => {
    const solution = textOf(`docs/exercises/${first.name}/solution.ts`)
    await writeFile(file(), solution)
    const alone = await run('01')
    expect(alone).toMatchObject({ code: 0, out: expect.stringContaining('done') })
    expect(alone.out).toMatch(/\nNext: npm run exercise -- 02 \(Mend the lost message\)\n$/)
    const later = await run('02')
    expect(later.code).toBe(1)
    expect(later.out).toMatch(/01 Stop overlapping polls\n {2}done\n02 Mend/)
    expect(await readFile(file(), 'utf8')).toBe(solution)
    expect((await run()).out).toMatch(/^01 .* done$/m)
  })
  it('names line and column of a slip of the pen', async () => {
    await writeFile(file(), 'export function pollForever() {\n  const = 1\n}\n')
    const { code, out } = await run('01')
    expect(code).toBe(1)
    expect(out).toMatch(/01-overlapping-polls\.ts:2:9: /)
    expect(out).not.toContain('node_modules')
  })
  it('names what is not exported, and where something was thrown', async () => {
    await writeFile(file(), 'export const other = 1\n')
    expect((await run('01')).out).toContain('must export a function “pollForever”; it exports “other”')
    await writeFile(file(), 'import "./nowhere.ts"\n')
    expect((await run('01')).out).toMatch(/imports what is not there: Cannot find module \S*nowhere\.ts/)
    await writeFile(
      file(),
      "export function pollForever() {\n  throw new TypeError('oh')\n}\nconsole.log(1)\n",
    )
    expect((await run('01')).code).toBe(1)
    await writeFile(file(), 'null.x\nexport function pollForever() {}\n')
    expect((await run('01')).out).toMatch(/your code threw TypeError: .* at \S*01-overlapping-polls\.ts:1:/)
  })
  it('shows what the learner’s code prints, of the exercise that is worked on', async () => {
    await writeFile(file(), `console.log('from 01')\n${textOf(`docs/exercises/${first.name}/solution.ts`)}`)
    expect((await run('01')).out).toMatch(/^01 .*\nfrom 01\n {2}✓/)
    expect((await run('02')).out).not.toContain('from 01')
    expect((await run()).out).not.toContain('from 01')
  })
  it('says where to go on', async () => {
    expect((await run()).out).toMatch(/\nBegin with: npm run exercise -- 01\n$/)
    const [, second] = entries
    await writeFile(file(), textOf(`docs/exercises/${first.name}/solution.ts`))
    expect((await run()).out).toMatch(/\nBegin with: npm run exercise -- 02\n$/)
    await writeFile(file(), textOf(`docs/exercises/${first.name}/starter.ts`))
    await writeFile(join(work, `${second!.name}.ts`), textOf(`docs/exercises/${second!.name}/solution.ts`))
    const { code, out } = await run('02')
    expect(code).toBe(1)
    expect(out).toMatch(/\n02 is done, and not yet: 01 \(npm run exercise -- 01\)\n$/)
    expect((await run()).out).toMatch(/\nGo on with: npm run exercise -- 01\n$/)
  })
  it('takes the flags that npm kept to itself, where the two dashes were forgotten', async () => {
    expect((await run('01', '--hint')).out).toContain('Hint 1')
    process.env.npm_config_hint = 'true'
    try {
      expect((await run('01')).out).toContain('Hint 2')
    } finally {
      delete process.env.npm_config_hint
    }
  })
  it('survives code that ends the process', async () => {
    await writeFile(file(), 'export function pollForever() {\n  process.exit(0)\n}\n')
    expect((await run('01')).out).toContain('your code ended the process')
  })
  it('with --watch checks again at each save', async () => {
    const command = ['--import', 'tsx', join(root, 'docs/exercises/runner/main.ts'), '01', '--watch']
    const watching = spawn(process.execPath, command, {
      cwd: root,
      env: { ...process.env, EXERCISE_WORK: work },
    })
    let out = ''
    watching.stdout.on('data', (bytes) => (out += String(bytes)))
    try {
      await expect.poll(() => out, { timeout: 60_000 }).toContain('Watching')
      expect(out).not.toContain('done')
      // What hangs on an older save is called off: its verdict would come behind the newer.
      await writeFile(file(), 'export function pollForever() {\n  for (;;) {}\n}\n')
      await expect.poll(() => out, { timeout: 60_000 }).toContain('saved at')
      await writeFile(file(), textOf(`docs/exercises/${first.name}/solution.ts`))
      await expect.poll(() => out, { timeout: 60_000 }).toContain('Next: npm run exercise -- 02')
      expect(out).not.toContain('endless loop')
    } finally {
      watching.kill('SIGINT')
    }
    const code = await new Promise((resolve) => watching.once('close', resolve))
    expect(code, 'as at the last check').toBe(0)
  })
  it('shows one hint more each time, and the solution', async () => {
    expect((await run('01', '--hint')).out).toMatch(/Hint 1[\s\S]*2 more/)
    expect((await run('01', '--hint')).out).toMatch(/Hint 2[\s\S]*There is one more\./)
    expect((await run('01', '--solution')).out).toContain(
      textOf(`docs/exercises/${first.name}/solution.ts`).trim(),
    )
  })
  it.each([
    [['99'], 'there is no exercise 99; there are 01 to'],
    [['01', '02'], 'one exercise at a time'],
    [['--wrong'], "Unknown option '--wrong' (npm run exercise -- --help)"],
    [['--hint'], '--hint of which exercise? As in: npm run exercise -- 03 --hint'],
  ])('%j is wrong use', async (args, words) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err).toContain(words)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
})
