/** The last steps of chapter 15 in a real browser: two people, a server that goes and returns, and words that wait. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, launch, NO_BROWSER, openPage } from '../../../lab/verify/browser/browser.ts'
import { start } from './start.ts'

if (!chromiumPath) console.warn(`\n*** ${NO_BROWSER}: NOT TRIED ***\n`)

const LIMIT = { timeout: 60_000 }
const CASE_LIMIT = { timeout: 180_000 }

describe.skipIf(!chromiumPath)('the page of chapter 15', CASE_LIMIT, () => {
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

  test.each([7, 8])(
    'of step %i says what was refused and what is gone with a server, and sends what waited, in order and once',
    async (step) => {
      const first = await run(step)
      const [{ page, complaints }, { page: bob }] = [
        await visit(first.url, 'Ada'),
        await visit(first.url, 'Bob'),
      ]
      for (const one of [page, bob]) await expect.poll(() => state(one), LIMIT).toBe('Open.')
      await write(page, '   ')
      const refused = 'Not accepted:    '
      await expect.poll(() => lines(page), LIMIT).toEqual([refused])
      await write(page, '<b>before</b>')
      await expect.poll(() => lines(page), LIMIT).toEqual([refused, 'Ada: <b>before</b>'])
      await expect.poll(() => lines(bob), LIMIT).toEqual(['Ada: <b>before</b>'])
      // The favicon that no step has, and the status of what was refused on purpose.
      expect(complaints.filter((one) => !/favicon|400/.test(one))).toEqual([])
      first.process.kill('SIGKILL')
      await once(first.process, 'exit')
      await expect.poll(() => state(page), LIMIT).toBe('Broken. Trying again.')
      for (const text of ['one', 'two', 'three']) await write(page, text)
      await run(step, Number(new URL(first.url).port))
      const gap = 'The server has begun again. What you had not seen is gone.'
      await expect
        .poll(() => lines(page), LIMIT)
        .toEqual([refused, 'Ada: <b>before</b>', gap, 'Ada: one', 'Ada: two', 'Ada: three'])
    },
  )

  test.each([7, 8])('of step %i comes back from silence, which no error tells of', async (step) => {
    const { url, process } = await run(step)
    const one = await openPage(browser, 'about:blank')
    open.push(one)
    await one.page.clock.install()
    await one.page.goto(url)
    await expect.poll(() => state(one.page), LIMIT).toBe('Open.')
    process.kill('SIGSTOP') // alive, with every connection open, and silent
    // The page's clock goes on by itself between these, so on a busy machine its 40 s are over after fewer of ours.
    await one.page.clock.runFor(10_000)
    expect(await state(one.page)).toBe('Open.')
    await one.page.clock.runFor(31_000)
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
