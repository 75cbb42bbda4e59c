/** Nothing is cut: names in lanes and timeline, the words of boxes, and on a phone every byte of a row. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { inBrowser } from './browser-bench.ts'
import { laneAt, TIMEOUT, whenAllAreOpen, write } from './lab-page.ts'

/** Those of these elements whose text is wider than they are. */
const cutOf = (page: Page, selector: string): Promise<string[]> =>
  page
    .locator(selector)
    .evaluateAll((all) =>
      all.flatMap((one) => (one.scrollWidth > one.clientWidth ? (one.textContent ?? '') : [])),
    )

/** A box that is empty is as wide as what it says of itself, or it would be cut. */
const cutHints = (page: Page): Promise<string[]> =>
  page.locator(':is(lab-timeline input[type=search], lane-composer textarea)').evaluateAll((all) =>
    all.flatMap((one) => {
      const box = one as HTMLInputElement
      const style = getComputedStyle(box)
      const pen = document.createElement('canvas').getContext('2d')!
      pen.font = `${getComputedStyle(box, '::placeholder').fontSize} ${style.fontFamily}`
      const room =
        box.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight)
      return pen.measureText(box.placeholder).width > room ? box.placeholder : []
    }),
  )

inBrowser(
  'the lab page',
  (bench) => {
    for (const [width, height] of [
      [1440, 900],
      [1280, 720],
      [768, 1024],
      [360, 740],
    ] as const)
      test(`has whole names and hints at ${width} by ${height}`, async () => {
        const page = await bench.open('/?room=whole', { viewport: { width, height } })
        await whenAllAreOpen(page)
        await expect.poll(() => page.locator('lab-timeline .name').count(), TIMEOUT).toBe(LANES.length)
        expect(await cutOf(page, 'lab-timeline .name span')).toEqual([])
        expect(await cutOf(page, 'chat-lane h2 span')).toEqual([])
        expect(await cutHints(page)).toEqual([])
      })

    test('on a phone, a row of bytes is eight of them, and whole', async () => {
      const page = await bench.open('/?room=bytes', { viewport: { width: 360, height: 740 } })
      await whenAllAreOpen(page)
      await write(laneAt(page, 'websocket'), 'All of this is in view')
      const timeline = page.locator('lab-timeline')
      await timeline.getByRole('checkbox', { name: 'table' }).check()
      const row = timeline.locator('tbody tr', { hasText: 'All of this' }).filter({ hasText: 'WebSocket' })
      const open = row.first().getByRole('button', { name: /^Open the bytes/ })
      await open.waitFor(TIMEOUT)
      const [button, table] = [await open.boundingBox(), await timeline.locator('.table').boundingBox()]
      expect(button!.x + button!.width, 'in view without scrolling').toBeLessThanOrEqual(
        table!.x + table!.width,
      )
      await open.click()
      const hex = page.locator('lab-inspector .hex')
      await hex.waitFor(TIMEOUT)
      const bytes = await hex.locator('.row').first().locator('.bytes').innerText()
      expect(bytes.replaceAll(/\s/g, '')).toMatch(/^[0-9a-f]{16}$/)
      expect(await hex.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0)
      await page.setViewportSize({ width: 1024, height: 740 })
      const ofFirst = () => hex.locator('.row').first().locator('.bytes').innerText()
      await expect.poll(async () => (await ofFirst()).replaceAll(/\s/g, ''), TIMEOUT).toHaveLength(32)
    })
  },
  { wired: true },
)
