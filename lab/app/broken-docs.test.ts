/** A broken document does not stop the lab from starting. In a copy of the repository, so that ours stays whole. */
import type { ChildProcess } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { script, started } from '../command/started.ts'
import { root } from '../verify/rules/source-files.ts'

/** What no start needs, or what each start makes itself. */
const LEFT_OUT = ['node_modules', 'build', 'data', 'my-work', '.git']
const CHAPTER = 'docs/chapters/02-short-polling.md'
/** Two slips, with the lines that must be said of them. */
const SLIPS = '\n[away](nowhere.md)\n\n```ts lab/hub/room.ts#Room.nothing\n```\n'

let copy = ''
let complaints: string[] = []
const running: ChildProcess[] = []

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'lab-broken-docs-'))
  await cp(root, copy, { recursive: true, filter: (path) => !LEFT_OUT.includes(basename(path)) })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir')
  await mkdir(join(copy, 'build/docs'), { recursive: true })
  await writeFile(join(copy, 'build/docs/index.html'), 'an old site')
  const markdown = await readFile(join(copy, CHAPTER), 'utf8')
  await writeFile(join(copy, CHAPTER), markdown + SLIPS)
  const line = markdown.split('\n').length
  complaints = [
    `${CHAPTER}:${line + 1}: nowhere.md: there is no such file`,
    `${CHAPTER}:${line + 3}: lab/hub/room.ts declares no Room.nothing`,
  ]
})
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await rm(copy, { recursive: true, force: true })
})

function run(...command: string[]) {
  const one = started([process.execPath, ...command], { cwd: copy })
  running.push(one.child)
  return one
}

const oldSite = async () => [
  await readdir(join(copy, 'build')).then((names) => names.filter((name) => name.startsWith('docs'))),
  await readdir(join(copy, 'build/docs')),
  await readFile(join(copy, 'build/docs/index.html'), 'utf8'),
]

describe('with a broken document', { timeout: 120_000 }, () => {
  it('npm start names file and line, opens the lab, and shows the same in the place of the course', async () => {
    const { child, said, ended } = run(...script('start', '--port', '0', '--memory').slice(1))
    await expect.poll(() => said.out, { timeout: 100_000 }).toMatch(/is open at http:\/\/localhost:\d+\n/)
    const words = () => said.err.replace(/^\{.*\}\n/gm, '') // without the log, which is for machines
    await expect
      .poll(words, { timeout: 100_000 })
      .toBe(`The course under /docs/ could not be built:\n${complaints.join('\n')}\n`)

    const address = `http://127.0.0.1:${/localhost:(\d+)/.exec(said.out)![1]}`
    expect((await fetch(address)).status).toBe(200)
    const draft = JSON.stringify({ draftId: 'm1', author: 'Ada', text: 'Is there tea?' })
    const headers = { 'content-type': 'application/json' }
    expect(
      (await fetch(`${address}/rooms/r/messages`, { method: 'POST', headers, body: draft })).status,
    ).toBe(201)
    for (const path of ['/docs', '/docs/', '/docs/chapters/00-start-here.html']) {
      const answer = await fetch(`${address}${path}`)
      expect(answer.status, path).toBe(503)
      expect(answer.headers.get('content-type')).toContain('text/html')
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
      const page = await answer.text()
      for (const complaint of complaints) expect(page).toContain(`<li><code>${complaint}</code></li>`)
      expect(page).not.toContain('an old site')
    }
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(await oldSite()).toEqual([['docs'], ['index.html'], 'an old site'])
  })

  it('npm run docs:build says the same, fails, and leaves the old site as it was', async () => {
    const { said, ended } = run('--import=tsx', 'docs/site/main.ts')
    expect(await ended).toBe(1)
    expect(said.err).toBe(`${complaints.join('\n')}\n`)
    expect(said.out).toBe('')
    expect(await oldSite()).toEqual([['docs'], ['index.html'], 'an old site'])
  })
})
