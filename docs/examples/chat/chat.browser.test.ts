/** The last steps of chapter 15 in a real browser: two people, a server that goes and returns, and words that wait. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, launch, NO_BROWSER, openPage } from '../../../lab/verify/browser/browser.ts'
import { start } from './start.ts'

if (!chromiumPath) console.warn(`\n*** ${NO_BROWSER}: NOT TRIED ***\n`)

const LIMIT = { timeout: 20_000 }

describe.skipIf(!chromiumPath)('the page of chapter 15', () => {
  let browser: Browser
  const open: { close(): Promise<void> }[] = []
  const servers: ChildProcess[] = []
  beforeAll(async () => {
    browser = await launch()
  })
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
    for (const server of servers.splice(0)) server.kill('SIGKILL')
  })
  afterAll(() => browser?.close())

  async function run(step: number, port?: number) {
    const started = await start(step, port)
    servers.push(started.process)
    return started
  }
  async function visit(url: string, name: string) {
    const one = await openPage(browser, url)
    open.push(one)
    await one.page.getByLabel('Name').fill(name)
    return one
  }
  async function write(page: Page, text: string) {
    await page.getByRole('textbox', { name: 'Message' }).fill(text)
    await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  }
  const lines = (page: Page) => page.getByRole('log').getByRole('listitem').allTextContents()
  const state = (page: Page) => page.getByRole('status').textContent()

  test.each([5, 6, 7, 8])('shows in step %i what another wrote, as text, to both and once', async (step) => {
    const { url } = await run(step)
    const [ada, bob] = [await visit(url, 'Ada'), await visit(url, 'Bob')]
    for (const { page } of [ada, bob]) await expect.poll(() => state(page), LIMIT).toBe('Open.')
    await write(ada.page, '<b>Hello</b>')
    await expect.poll(() => lines(bob.page), LIMIT).toEqual(['Ada: <b>Hello</b>'])
    await write(bob.page, 'Hi')
    for (const { page } of [ada, bob])
      await expect.poll(() => lines(page), LIMIT).toEqual(['Ada: <b>Hello</b>', 'Bob: Hi'])
    const ours = (complaint: string) => !complaint.includes('favicon')
    expect([...ada.complaints, ...bob.complaints].filter(ours)).toEqual([])
  })

  test.each([7, 8])(
    'of step %i says what is gone with a server, and sends what waited, in order and once',
    async (step) => {
      const first = await run(step)
      const { page } = await visit(first.url, 'Ada')
      await write(page, 'before')
      await expect.poll(() => lines(page), LIMIT).toEqual(['Ada: before'])
      first.process.kill('SIGKILL')
      await once(first.process, 'exit')
      await expect.poll(() => state(page), LIMIT).toBe('Broken. Trying again.')
      for (const text of ['one', 'two', 'three']) await write(page, text)
      await run(step, Number(new URL(first.url).port))
      const gap = 'The server has begun again. What you had not seen is gone.'
      await expect
        .poll(() => lines(page), LIMIT)
        .toEqual(['Ada: before', gap, 'Ada: one', 'Ada: two', 'Ada: three'])
    },
  )

  test.each([7, 8])('of step %i says which words were refused', async (step) => {
    const { url } = await run(step)
    const { page } = await visit(url, 'Ada')
    await expect.poll(() => state(page), LIMIT).toBe('Open.')
    await write(page, '   ')
    await expect.poll(() => lines(page), LIMIT).toEqual(['Not accepted:    '])
  })

  test.each([7, 8])('of step %i comes back from silence, which no error tells of', async (step) => {
    const { url, process } = await run(step)
    const one = await openPage(browser, 'about:blank')
    open.push(one)
    await one.page.clock.install()
    await one.page.goto(url)
    await expect.poll(() => state(one.page), LIMIT).toBe('Open.')
    process.kill('SIGSTOP') // alive, with every connection open, and silent
    await one.page.clock.runFor(39_000)
    expect(await state(one.page)).toBe('Open.')
    await one.page.clock.runFor(2_000)
    expect(await state(one.page)).toBe('Broken. Trying again.')
    process.kill('SIGCONT')
    await expect
      .poll(async () => {
        await one.page.clock.runFor(1_000)
        return state(one.page)
      }, LIMIT)
      .toBe('Open.')
  })
})
