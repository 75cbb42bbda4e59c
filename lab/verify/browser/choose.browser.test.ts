/** The page /choose as a reader meets it: one answer, and what changes it. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import { inBrowser } from './browser-bench.ts'
import { TIMEOUT } from './lab-page.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const sentence = (page: Page) => page.locator('.sentence').textContent(TIMEOUT)
const linesOf = (page: Page, role: string) =>
  page.locator(`.choices li[data-role="${role}"] p`).allTextContents()
const queryOf = (page: Page) => new URL(page.url()).search
const chosen = (page: Page) => page.getByRole('radio', { name: 'Chat' })

inBrowser('the page /choose', (bench) => {
  async function open(query = '', options = {}): Promise<Page> {
    const page = await bench.open(`/choose${query}`, options)
    await page.locator('rate-chart canvas').waitFor()
    return page
  }

  test('answers in one sentence, with a runner-up, the others and a bar for each', async () => {
    const page = await open()
    expect(await sentence(page)).toMatch(
      /^Take .+: 99 of 100 within [\d.]+ m?s, [\d.]+ [kMGT]B a month and .+ core; .+ if .+\.$/,
    )
    const [take, runnerUp, not] = await Promise.all(
      ['take', 'runner-up', 'not'].map((role) => linesOf(page, role)),
    )
    expect([take!.length, runnerUp!.length]).toEqual([1, 1])
    expect(not!.length).toBeGreaterThan(0)
    for (const line of not!) expect(line.trim()).toMatch(/^Not: .+, \S/)
    const bars = page.locator('.choices .amount')
    expect(await bars.count()).toBe(2 + not!.length)
    const widths = await bars
      .locator('rect')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width))
    for (const width of widths) expect(width).toBeGreaterThan(0)
    expect(await bars.first().locator('line').count(), 'the whiskers of the spread').toBe(3)
  })

  test('another scenario is another answer, and stands in the link', async () => {
    const page = await open()
    const [before, rate] = [await sentence(page), page.getByRole('slider', { name: 'Your rate' })]
    await page.getByRole('radio', { name: 'Game' }).check({ force: true })
    await expect.poll(() => sentence(page), TIMEOUT).not.toBe(before)
    expect(await sentence(page)).toMatch(/^Take WebSocket/)
    expect(queryOf(page)).toBe('?scenario=game')
    expect(await rate.getAttribute('aria-valuetext')).toBe('1,200 messages a minute')
  })

  test('a tick at what no figure tells changes the answer, and its reason is said', async () => {
    const page = await open()
    await page.getByRole('checkbox', { name: 'A proxy on the way buffers answers' }).check()
    await expect.poll(() => sentence(page), TIMEOUT).not.toMatch(/SSE/)
    expect(await linesOf(page, 'not')).toContainEqual(expect.stringMatching(/SSE.*the proxy would hold back/))
    expect(queryOf(page)).toBe('?proxy=1')
  })

  test('the handle is set by the keyboard, and with it the slider, the answer and the link', async () => {
    const page = await open()
    const handle = page.getByRole('slider', { name: 'Your rate' })
    await handle.focus()
    expect(await handle.getAttribute('aria-valuetext')).toBe('6 messages a minute')
    const left = () => page.locator('rate-chart .rate').evaluate((one) => Number.parseFloat(one.style.left))
    const before = await left()
    const said = await sentence(page)
    for (let press = 0; press < 20; press++) await page.keyboard.press('ArrowRight')
    await expect.poll(() => sentence(page), TIMEOUT).not.toBe(said)
    const rate = Number(new URLSearchParams(queryOf(page)).get('rate'))
    expect(rate).toBeGreaterThan(40)
    expect(await handle.getAttribute('aria-valuetext')).toBe(`${rate} messages a minute`)
    expect(await page.getByRole('slider', { name: 'Messages a minute' }).getAttribute('aria-valuetext')).toBe(
      String(rate),
    )
    expect(await left()).toBeGreaterThan(before)
    for (let press = 0; press < 20; press++) await page.keyboard.press('ArrowLeft')
    await expect
      .poll(() => handle.getAttribute('aria-valuetext'), TIMEOUT)
      .toMatch(/^(5\.\d|6|6\.\d) messages/)
    await page.keyboard.press('End')
    await expect.poll(() => handle.getAttribute('aria-valuetext'), TIMEOUT).toBe('10,000 messages a minute')
  })

  test('the handle lies where the axis has its number, and a press on the plot moves it there', async () => {
    const page = await open('?rate=1')
    const handle = page.getByRole('slider', { name: 'Your rate' })
    const box = (await handle.boundingBox())!
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    // The middle of 0.1 to 10,000 on a logarithmic axis.
    await expect.poll(() => handle.getAttribute('aria-valuetext'), TIMEOUT).toMatch(/^3[0-4] messages/)
    const label = (await page.locator('rate-chart .rate').boundingBox())!
    const away = [label.x, label.x + label.width].map((edge) => Math.abs(edge - (box.x + box.width / 2)))
    expect(Math.min(...away), 'how far the words are from the middle').toBeLessThan(20)
  })

  test('a link opened elsewhere is the same page', async () => {
    const first = await open()
    await first.getByRole('radio', { name: 'Prices' }).check({ force: true })
    await first.getByRole('slider', { name: 'Readers' }).press('ArrowRight')
    await first.getByRole('slider', { name: 'How late may it be?' }).press('ArrowLeft')
    await first.getByRole('checkbox', { name: 'More than two tabs' }).check()
    await first.getByRole('checkbox', { name: 'Libraries and variants too' }).check()
    await first.getByRole('radio', { name: 'Server CPU' }).check()
    await expect.poll(() => queryOf(first), TIMEOUT).toMatch(/^\?scenario=prices&.*show=cpu$/)
    const second = await open(queryOf(first))
    expect(queryOf(second)).toBe(queryOf(first))
    expect(await sentence(second)).toBe(await sentence(first))
    for (const role of ['take', 'runner-up', 'not'])
      expect(await linesOf(second, role)).toEqual(await linesOf(first, role))
    expect(await second.getByRole('checkbox', { checked: true }).count()).toBe(2)
  })

  test('what cannot be used of a link is said, and the usual takes its place', async () => {
    const page = await open('?readers=none&scenario=<b>&rate=6')
    const said = await page.getByRole('alert').first().textContent()
    expect(said).toContain('readers="none" cannot be used')
    expect(said).toContain('scenario="<b>" is none of chat')
    await expect.poll(() => chosen(page).isChecked(), TIMEOUT).toBe(true)
  })

  test('peers are compared only when they are wanted', async () => {
    const page = await open()
    const before = await page.locator('.choices li').count()
    expect((await page.locator('.choices').textContent())!).not.toMatch(/Socket\.IO|better-sse/)
    await page.getByRole('checkbox', { name: 'Libraries and variants too' }).check()
    await expect.poll(() => page.locator('.choices li').count(), TIMEOUT).toBeGreaterThan(before)
    expect((await page.locator('.choices').textContent())!).toMatch(
      /Socket\.IO.*better-sse|better-sse.*Socket\.IO/s,
    )
  })

  test('lights at most three lines, and tells of crossings near the rate alone', async () => {
    const page = await open('?peers=1&rate=6')
    const lines = await page
      .locator('rate-chart')
      .evaluate((chart) =>
        (chart as HTMLElement & { lines: { quiet?: boolean }[] }).lines.map(({ quiet }) => !!quiet),
      )
    expect(lines.filter((quiet) => !quiet)).toHaveLength(3)
    expect(lines.filter(Boolean).length).toBeGreaterThan(0)
    const dots = await page
      .locator('rate-chart')
      .evaluate((chart) => (chart as HTMLElement & { dots: { x: number }[] }).dots.map(({ x }) => x))
    for (const x of dots) expect(x >= 0.6 && x <= 60, String(x)).toBe(true)
    expect(await page.locator('rate-chart .dot').count()).toBe(dots.length)
  })

  test('transports of which the run has no figure are named, and have no bar', async () => {
    const page = await open()
    const run = (await (await fetch(`${bench.lab.url}/project-run.json`)).json()) as {
      subjects: { name: string }[]
    }
    const measured = run.subjects.map(({ name }) => name)
    const said = (await page.locator('.answer').textContent())!
    for (const name of TRANSPORTS.filter((one) => one !== 'auto' && !measured.includes(one)))
      expect(said).toMatch(new RegExp(`Not measured in this run.*${name}`))
  })

  test('keeps tables and exact numbers behind a fold, which take what no slider reaches', async () => {
    const page = await open()
    expect(await page.locator('table').count()).toBe(0)
    await page.locator('summary').first().press('Enter')
    await expect.poll(() => page.locator('table').count(), TIMEOUT).toBeGreaterThan(2)
    const clients = page.getByRole('spinbutton', { name: 'Clients' })
    await clients.fill('7')
    await expect.poll(() => queryOf(page), TIMEOUT).toBe('?readers=7')
    const said = await sentence(page)
    await clients.fill('1.5')
    await expect
      .poll(() => page.locator('#wrong').textContent(), TIMEOUT)
      .toContain('Clients: a whole number')
    expect([await sentence(page), queryOf(page)]).toEqual([said, '?readers=7'])
    await page.getByRole('slider', { name: 'Readers' }).press('End')
    await expect.poll(() => clients.inputValue(), TIMEOUT).toBe('1000000')
    await expect.poll(() => page.locator('#wrong span').count(), TIMEOUT).toBe(0)
  })

  test('an old link to the calculator on the lab page shows where it is now', async () => {
    const page = await bench.open('/#which-one')
    const link = page.getByRole('link', { name: 'Set your numbers' })
    await link.waitFor()
    const inView = () => link.evaluate((one) => one.getBoundingClientRect().top < innerHeight)
    await expect.poll(inView, TIMEOUT).toBe(true)
    await link.click()
    await page.locator('.sentence').waitFor()
  })

  describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
    test.each([360, 768, 1440])(
      'axe finds nothing, and nothing sticks out to the side, at %i px',
      async (width) => {
        const page = await open('?peers=1&rate=20', { colorScheme, viewport: { width, height: 800 } })
        await page.locator('summary').first().click()
        await expect.poll(() => page.locator('line-plot').count(), TIMEOUT).toBe(3)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
        await page.evaluate(axe)
        const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults
        expect(
          violations.map(({ id, nodes }) => [
            id,
            nodes.map(({ target, failureSummary }) => [target, failureSummary]),
          ]),
        ).toEqual([])
        expect(passes.map(({ id }) => id)).toContain('color-contrast')
      },
    )
  })
})
