/** The page says how busy it is itself, and which of its figures hold its own queue for that reason. */
import { expect, test } from 'vitest'
import { inBrowser } from './browser-bench.ts'
import { laneAt, openPanel, TIMEOUT, whenAllAreOpen } from './lab-page.ts'

/** Of each 400 ms, the script holds the thread for so many. */
const WORK_MS = 330

const MINUTE = { ...TIMEOUT, timeout: 90_000 }

inBrowser('a page that is busy', (bench) => {
  test('says so and greys the latencies that hold its own queue, in words too, and takes that back when it rests', async () => {
    const page = await bench.open('/?room=busy')
    await whenAllAreOpen(page)
    const line = page.locator('page-busy p')
    const said = page.locator('page-busy [role=status]')
    // Whatever else this machine does: only what the script adds is looked at, and it is more than the limit.
    await expect.poll(() => line.textContent(), TIMEOUT).toMatch(/^This page: main thread \d+ %/)
    await page.evaluate((workMs) => {
      const work = () => {
        const end = performance.now() + workMs
        while (performance.now() < end);
      }
      Object.assign(globalThis, { busy: setInterval(work, 400) })
    }, WORK_MS)
    await expect
      .poll(() => line.textContent(), TIMEOUT)
      .toMatch(/ ([5-9]\d|100) %.* grey figures include its own queue$/)
    await page.getByRole('button', { name: 'Start traffic' }).click()
    const lane = laneAt(page, 'sse')
    const median = lane.locator('lane-figures dt', { hasText: 'median' })
    await expect.poll(() => median.getAttribute('class'), TIMEOUT).toBe('own-queue')
    const words = await median.evaluate((name) => getComputedStyle(name, '::after').content)
    expect(words).toContain('includes this page’s own queue')
    expect(await lane.locator('.line .ms.own-queue').count()).toBeGreaterThan(0)
    await openPanel(page, 'latency')
    const cell = page.locator('latency-table tbody tr').nth(0).locator('td.own-queue')
    await expect.poll(() => cell.count(), TIMEOUT).toBeGreaterThan(0)
    expect(await page.locator('latency-table caption').textContent()).toContain('own queue')
    // Once a minute at most: a page that was busy as it opened has said so then.
    await expect.poll(() => said.textContent(), MINUTE).toContain('include its own queue')

    await page.evaluate(() => clearInterval((globalThis as unknown as { busy: number }).busy))
    // What moves by itself ends too, so that the page rests on a slow machine as well.
    await page.getByRole('button', { name: 'Pause traffic' }).click()
    await page.locator('details#bytes > summary').click()
    await expect.poll(() => line.textContent(), MINUTE).not.toContain('queue')
    expect(await said.textContent()).toBe('')
    await page.locator('traffic-generator').getByRole('button', { name: 'Reset' }).click()
    await expect.poll(() => median.getAttribute('class'), TIMEOUT).toBe('')
    await expect.poll(() => page.locator('latency-table td.own-queue').count(), TIMEOUT).toBe(0)
  }, 240_000)
})
