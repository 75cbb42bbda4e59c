/** Every byte: what passes on the wires of a reader is drawn in all lanes, and opens byte by byte. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { DESCRIPTORS, LANES } from '../../../transports/descriptors.ts'
import { inBrowser } from './browser-bench.ts'
import { laneAt, TIMEOUT, whenAllAreOpen, whenAllShow, write } from './lab-page.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TITLES = LANES.map((name) => DESCRIPTORS.get(name)!.title)

async function openTimeline(page: Page): Promise<void> {
  await whenAllAreOpen(page)
  await page.locator('every-byte summary').click()
  await page.locator('lab-timeline canvas').waitFor()
  await page.locator('lab-timeline').getByLabel('table').check()
}

/** Lanes of the table that have a row of this message, in this direction. */
async function lanesWith(
  page: Page,
  text: string,
  way: 'to the client' | 'to the server',
): Promise<string[]> {
  const rows = page.locator('lab-timeline tbody tr').filter({ hasText: text }).filter({ hasText: way })
  return [...new Set(await rows.locator('th').allTextContents())]
}

inBrowser(
  'every byte',
  (bench) => {
    test('a message is a mark in every lane, and its bytes hold its text', async () => {
      const page = await bench.open('/?room=every-byte')
      await openTimeline(page)
      await write(laneAt(page, 'sse'), 'find me on the wires')
      await whenAllShow(page, ['find me on the wires'])
      const came = () => lanesWith(page, 'find me on the wires', 'to the client')
      await expect.poll(async () => (await came()).sort(), TIMEOUT).toEqual([...TITLES].sort())
      expect(await lanesWith(page, 'find me on the wires', 'to the server')).toEqual(['Server-sent events'])

      for (const title of TITLES) {
        const row = page
          .locator('lab-timeline tbody tr')
          .filter({ hasText: 'find me' })
          .filter({ hasText: title })
          .filter({ hasText: 'to the client' })
        await row.last().getByRole('button').click()
        const inspector = page.locator('lab-inspector')
        await expect
          .poll(() => inspector.locator('header .title').textContent(), TIMEOUT)
          .toContain('find me on the wires')
        await expect
          .poll(
            async () =>
              (await inspector.locator('.hex .chars').allTextContents()).join('').replace(/\s*\n\s*/g, ''),
            TIMEOUT,
          )
          .toContain('find me on the wires')
        expect(
          await inspector.locator('.note.payload').filter({ hasText: 'what was written' }).count(),
        ).toBeGreaterThan(0)
        const [payload, overhead, all] = ((await inspector.locator('.sum p').textContent()) ?? '')
          .match(/\d+/g)!
          .map(Number)
        expect(payload! + overhead!).toBe(all)
      }
    })

    test('the keyboard goes from mark to mark and to the same message in another lane, opens its bytes, and pauses', async () => {
      const page = await bench.open('/?room=by-keys')
      await openTimeline(page)
      await write(laneAt(page, 'websocket'), 'by keys')
      await whenAllShow(page, ['by keys'])
      await expect
        .poll(async () => (await lanesWith(page, 'by keys', 'to the client')).length, TIMEOUT)
        .toBe(TITLES.length)
      const words = async () => (await page.locator('lab-timeline .words').textContent()) ?? ''
      const surface = page.locator('lab-timeline .canvas')
      await surface.focus()
      await page.keyboard.press('Home')
      for (let n = 0; n < 50 && !(await words()).includes('by keys'); n++)
        await page.keyboard.press('ArrowRight')
      const first = await words()
      expect(first).toContain('by keys')
      await page.keyboard.press('ArrowDown')
      await expect.poll(words, TIMEOUT).not.toBe(first)
      expect(await words()).toContain('by keys')
      await page.keyboard.press('Enter')
      await expect
        .poll(() => page.locator('lab-inspector header .title').textContent(), TIMEOUT)
        .toContain('by keys')
      expect(await page.getByRole('button', { name: 'Live', exact: true }).count()).toBe(1)
      await page.keyboard.press(' ')
      await expect
        .poll(() => page.getByRole('button', { name: 'Pause', exact: true }).count(), TIMEOUT)
        .toBe(1)
    })

    test('a search finds what is masked on the wire, and a saved file has no cookie unless it is asked for', async () => {
      const page = await bench.open('/?room=saved')
      await openTimeline(page)
      await write(laneAt(page, 'websocket'), 'masked on the wire')
      await whenAllShow(page, ['masked on the wire'])
      await page.getByRole('searchbox', { name: 'Find in the bytes' }).fill('MASKED on')
      await expect
        .poll(() => page.locator('lab-timeline .found').textContent(), TIMEOUT)
        .toMatch(/^[1-9]\d* found$/)
      const cookies = (await page.context().cookies()).map(({ value }) => value)
      expect(cookies.length).toBeGreaterThan(0)
      const inspector = page.locator('lab-inspector')
      const saved = async () => {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          inspector.getByRole('button', { name: 'HAR' }).click(),
        ])
        return await readFile(await download.path(), 'utf8')
      }
      const without = await saved()
      expect(without).toContain('masked on the wire')
      for (const value of cookies) expect(without).not.toContain(value)
      await inspector.getByLabel('with cookies and tokens').check()
      const withAll = await saved()
      expect(cookies.filter((value) => withAll.includes(value)).length).toBeGreaterThan(0)
    })

    for (const colorScheme of ['light', 'dark'] as const)
      test(`axe finds nothing in the timeline and the inspector, ${colorScheme}, and nothing sticks out at 360 px`, async () => {
        const page = await bench.open(`/?room=axe-${colorScheme}`, {
          colorScheme,
          viewport: { width: 360, height: 800 },
        })
        await openTimeline(page)
        await write(laneAt(page, 'websocket'), 'for axe')
        await expect
          .poll(async () => (await lanesWith(page, 'for axe', 'to the client')).length, TIMEOUT)
          .toBe(TITLES.length)
        await page.locator('lab-timeline tbody button').first().click()
        await page.locator('lab-inspector .hex').waitFor()
        await page.evaluate(axe)
        const { violations } = (await page.evaluate("axe.run('every-byte')")) as AxeResults
        expect(
          violations.map(({ id, nodes }) => ({
            id,
            nodes: nodes.map(({ target, failureSummary }) => [target, failureSummary]),
          })),
        ).toEqual([])
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        ).toBeLessThanOrEqual(0)
      })

    test('nothing of it is fetched before a reader opens it, and the recording ends when it is closed', async () => {
      const page = await bench.open('about:blank')
      const urls: string[] = []
      page.on('request', (request) => urls.push(request.url()))
      await page.goto(`${bench.lab.url}/?room=closed`)
      await whenAllAreOpen(page)
      expect(urls.filter((url) => /scope|records/.test(url))).toEqual([])
      await page.locator('every-byte summary').click()
      await page.locator('lab-timeline canvas').waitFor()
      await expect.poll(() => page.workers().length, TIMEOUT).toBe(1)
      await page.locator('every-byte summary').click()
      await expect.poll(() => page.workers().length, TIMEOUT).toBe(0)
    })
  },
  { wired: true },
)
