/** The page and the server with which chapters 2 to 5 open, saved into a folder and run as a reader would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, symlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { inBothBrowsers, type Tab } from '../../lab/verify/browser/both-browsers.ts'
import { TIMEOUT } from '../../lab/verify/browser/lab-page.ts'
import { root, textOf } from '../../lab/verify/rules/source-files.ts'

const EXAMPLES = {
  'short-polling': '02-short-polling.md',
  'long-polling': '03-long-polling.md',
  'event-source': '04-server-sent-events.md',
  'web-socket': '05-websocket.md',
} as const
type Example = keyof typeof EXAMPLES
const NAMES = Object.keys(EXAMPLES) as Example[]

describe.each(NAMES)('the example %s', (name) => {
  it('is a page of at most 15 lines and a server of at most 20', () => {
    const linesOf = (file: string) => textOf(`docs/examples/${name}/${file}`).trimEnd().split('\n').length
    expect(linesOf('page.html')).toBeLessThanOrEqual(15)
    expect(linesOf('server.mjs')).toBeLessThanOrEqual(20)
  })

  it('stands whole in its chapter, before the lab’s own source', () => {
    const chapter = textOf(`docs/chapters/${EXAMPLES[name]}`)
    const page = chapter.indexOf(`\`\`\`html docs/examples/${name}/page.html\n`)
    const server = chapter.indexOf(`\`\`\`js docs/examples/${name}/server.mjs\n`)
    expect(page).toBeGreaterThan(0)
    expect(server).toBeGreaterThan(0)
    expect(chapter.indexOf('```ts ')).toBeGreaterThan(Math.max(page, server))
  })
})

inBothBrowsers('what is saved and run', (open) => {
  let saved: Saved | null = null
  let tabs: Tab[] = []
  beforeAll(async () => {
    tabs = [await open(), await open()]
  }, 60_000)
  afterEach(async () => {
    for (const tab of tabs) await tab.goto('about:blank')
    await saved?.remove()
    saved = null
  })
  afterAll(async () => {
    for (const tab of tabs) await tab.close()
  })
  async function opened(url: string, which = 0): Promise<Tab> {
    await tabs[which]!.goto(url)
    return tabs[which]!
  }
  const showsOnce = async (tab: Tab, text: string) =>
    expect.poll(async () => (await shown(tab)).filter((line) => line.endsWith(text)).length, TIMEOUT).toBe(1)

  it.each(NAMES)('%s carries what is written in one tab to another', async (name) => {
    saved = await save(name)
    const [ada, bob] = [await opened(saved.url), await opened(saved.url, 1)]
    if (!name.endsWith('polling')) for (const tab of [ada, bob]) await showsOnce(tab, '(open)')
    await write(ada, 'Hello')
    await write(bob, '<b>a "quoted" text</b>')
    for (const tab of [ada, bob]) for (const text of ['Hello', '</b>']) await showsOnce(tab, text)
  })

  it('event-source numbers its events, has one with a name, and comes back to a server that was restarted', async () => {
    saved = await save('event-source')
    const tab = await opened(saved.url)
    await showsOnce(tab, '(texts so far: 0)')
    await write(tab, 'first')
    await showsOnce(tab, '1: first')
    await saved.stop()
    await expect.poll(() => shown(tab), TIMEOUT).toContain('(lost; it comes back)')
    await saved.start()
    await expect
      .poll(async () => (await shown(tab)).filter((line) => line === '(open)').length, TIMEOUT)
      .toBe(2)
  })

  it('web-socket tells how its connection ended, and stays away', async () => {
    saved = await save('web-socket')
    const tab = await opened(saved.url)
    await showsOnce(tab, '(open)')
    await saved.stop()
    await showsOnce(tab, '(closed: 1006 "", clean: false)')
    await saved.start()
    expect((await shown(tab)).filter((line) => line === '(open)')).toHaveLength(1)
  })
})

const shown = (tab: Tab) =>
  tab.evaluate(() => [...document.querySelectorAll('li')].map((item) => item.textContent ?? ''), null)

const write = (tab: Tab, text: string) =>
  tab.evaluate((text) => {
    document.querySelector('input')!.value = text
    document.querySelector('button')!.click()
  }, text)

interface Saved {
  readonly url: string
  start(): Promise<void>
  stop(): Promise<void>
  remove(): Promise<void>
}

/** Both files in a folder of their own, under the names that the chapter gives them, and the server running. */
async function save(name: Example): Promise<Saved> {
  const folder = mkdtempSync(join(tmpdir(), 'transport-lab-saved-'))
  for (const file of ['page.html', 'server.mjs'])
    copyFileSync(join(root, 'docs/examples', name, file), join(folder, file))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules')) // what `npm install ws` would bring
  const port = await freePort()
  const url = `http://localhost:${port}/`
  let server: ChildProcess | null = null
  const saved: Saved = {
    url,
    async start() {
      const env = { ...process.env, PORT: String(port) }
      server = spawn(process.execPath, ['server.mjs'], { cwd: folder, env, stdio: 'inherit' })
      await expect.poll(() => fetch(url).then(({ status }) => status, String), TIMEOUT).toBe(200)
    },
    async stop() {
      if (!server || server.exitCode !== null) return
      server.kill()
      await once(server, 'exit')
      server = null
    },
    async remove() {
      await saved.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await saved.start()
  return saved
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
