/** What is in view when the page opens, measured: at a laptop's size, at a projector's, and on a phone. */
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { inBrowser } from './browser-bench.ts'
import { everyLane, laneAt, TIMEOUT, whenAllAreOpen, write } from './lab-page.ts'

/** Whether all of it is in the window, without scrolling; in pixels by how much it is not. */
async function outside(page: Page, what: Locator): Promise<number> {
  const box = await what.boundingBox()
  const { width, height } = page.viewportSize()!
  if (!box || box.width === 0) return Number.POSITIVE_INFINITY
  return Math.round(Math.max(0, -box.x, -box.y, box.x + box.width - width, box.y + box.height - height))
}

/** Opens the page, and waits until nothing that is fetched late can move what is measured. */
async function openAt(page: Page, url: string, [width, height]: readonly [number, number]): Promise<void> {
  await page.setViewportSize({ width, height })
  await page.goto(url)
  await whenAllAreOpen(page)
  await expect.poll(() => page.locator('lab-timeline .name').count(), TIMEOUT).toBe(LANES.length)
  expect(await page.evaluate(() => scrollY)).toBe(0)
}

inBrowser(
  'the first view of the page',
  (bench) => {
    const timeline = (page: Page) => page.locator('lab-timeline .plot')

    test('has all lanes, the timeline and all switches of the faults in it at 1440 by 900', async () => {
      const page = await bench.open('about:blank')
      await openAt(page, `${bench.lab.url}/?room=large`, [1440, 900])
      const switches = page.locator('break-panel button[data-fault]')
      await expect.poll(() => switches.count(), TIMEOUT).toBeGreaterThan(10)
      const panel = (await page.locator('details#break').boundingBox())!
      for (const one of await switches.all()) {
        const name = await one.innerText()
        expect(await outside(page, one), name).toBe(0)
        const box = (await one.boundingBox())!
        expect(box.y + box.height, `${name} in the panel, which scrolls`).toBeLessThanOrEqual(
          panel.y + panel.height,
        )
      }
      expect(await outside(page, timeline(page))).toBe(0)
      for (const lane of everyLane(page)) expect(await outside(page, lane)).toBe(0)
      expect(await outside(page, page.getByRole('button', { name: 'Start traffic' }))).toBe(0)
    })

    test('has all lanes and the timeline in it at 1280 by 720, also in a visitor’s own room', async () => {
      const page = await bench.open('about:blank')
      await openAt(page, bench.lab.url, [1280, 720])
      expect(await outside(page, timeline(page))).toBe(0)
      for (const lane of everyLane(page)) {
        expect(await outside(page, lane)).toBe(0)
        expect(await outside(page, lane.getByRole('textbox'))).toBe(0)
      }
    })

    test('has one lane at a time on a phone, a switch to the others, and the timeline of all', async () => {
      const page = await bench.open('about:blank', { hasTouch: true, reducedMotion: 'reduce' })
      await openAt(page, `${bench.lab.url}/?room=phone`, [360, 740])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      const inView = async () => {
        const lefts = await Promise.all(everyLane(page).map(async (lane) => (await lane.boundingBox())!.x))
        return LANES.filter((_, index) => lefts[index]! > -8 && lefts[index]! < 352)
      }
      await expect.poll(inView, TIMEOUT).toEqual([LANES[0]])
      const choose = page.getByRole('group', { name: 'Lane in view' })
      expect(await choose.getByRole('button').count()).toBe(LANES.length)
      await choose.getByRole('button', { name: 'SSE', exact: true }).click()
      await expect.poll(inView, TIMEOUT).toEqual(['sse'])
      expect(await choose.locator('[aria-current=true]').innerText()).toBe('SSE')
      // A reader who goes on with the keyboard is followed by the switch.
      await write(laneAt(page, 0), 'from the first')
      await expect.poll(inView, TIMEOUT).toEqual([LANES[0]])
      await expect
        .poll(() => choose.locator('[aria-current=true]').innerText(), TIMEOUT)
        .toBe('Short polling')
      expect((await timeline(page).boundingBox())!.width).toBeGreaterThan(300)
      await page.evaluate(() => scrollTo(0, 0))
      await expect.poll(() => outside(page, page.locator('page-busy p')), TIMEOUT).toBe(0)
    })

    test('shows the lanes that are chosen, and a lane that is taken out holds no connection', async () => {
      const page = await bench.open('/?room=chosen')
      await whenAllAreOpen(page)
      const choose = page.locator('lane-bar fieldset')
      for (const name of ['Short polling', 'Long polling', 'Auto']) await choose.getByLabel(name).uncheck()
      await expect.poll(() => page.locator('chat-lane').count(), TIMEOUT).toBe(LANES.length - 3)
      await choose.getByLabel('Long polling').check()
      await expect.poll(() => page.locator('chat-lane').count(), TIMEOUT).toBe(LANES.length - 2)
      const words = page.locator('chat-lane').first().locator('.watch')
      expect(await words.isVisible()).toBe(false)
      await page.getByRole('checkbox', { name: 'Words and all figures' }).check()
      await expect.poll(() => words.isVisible(), TIMEOUT).toBe(true)
    })
  },
  { wired: true },
)
