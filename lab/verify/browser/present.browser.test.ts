/** The page for a projector: what a class looks at together is in view at 1280 by 720, in type that is read from the last row. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { violationsOn } from './axe.ts'
import { inBrowser } from './browser-bench.ts'
import { everyLane, openPanel, TIMEOUT, whenAllAreOpen } from './lab-page.ts'

/** A fortieth of the projector's height, in pixels: some 4 cm on a picture of 1.6 m. */
const LEAST_PX = 18

/** Texts in view that are smaller, each with its size; those within shadow roots too. */
const smallTexts = (page: Page): Promise<string[]> =>
  page.evaluate((least) => {
    const found: string[] = []
    const look = (node: Node): void => {
      if (node instanceof Text && node.data.trim() !== '') {
        const range = document.createRange()
        range.selectNodeContents(node)
        const box = range.getBoundingClientRect()
        const isInView = box.width > 1 && box.height > 1 && box.top < innerHeight && box.bottom > 0
        const parent = node.parentElement
        if (!isInView || !parent?.checkVisibility({ visibilityProperty: true })) return
        const size = Number.parseFloat(getComputedStyle(parent).fontSize)
        if (size < least) found.push(`${size} px: ${node.data.trim().slice(0, 40)}`)
      }
      const children =
        node instanceof Element && node.shadowRoot ? [node.shadowRoot, ...node.childNodes] : node.childNodes
      for (const child of children) look(child)
    }
    look(document.body)
    return found
  }, LEAST_PX)

inBrowser(
  'the page for a projector',
  (bench) => {
    test('has the timeline, what is explained and all lanes in view, in large type, and is left by the same button', async () => {
      const page = await bench.open('/?room=projector', { viewport: { width: 1280, height: 720 } })
      await whenAllAreOpen(page)
      const present = page.getByRole('button', { name: 'Present' })
      await present.press('Enter')
      expect(await present.getAttribute('aria-pressed')).toBe('true')
      expect(new URL(page.url()).searchParams.get('present')).toBe('1')
      await page.getByRole('button', { name: 'Step' }).click()
      await expect.poll(() => page.locator('lab-timeline .name').count(), TIMEOUT).toBe(LANES.length)
      const figure = page.locator('chat-lane').last().locator('lane-figures dd').first()
      await expect.poll(() => figure.innerText(), TIMEOUT).toMatch(/\d/)
      expect(await figure.isVisible(), 'the last latency').toBe(true)

      const words = page.locator('lab-timeline #words')
      await page.locator('lab-timeline .canvas').focus()
      await page.keyboard.press('End')
      await expect.poll(() => words.innerText(), TIMEOUT).not.toContain('A bar is a request')
      for (const part of [page.locator('lab-timeline .plot'), words, ...everyLane(page)]) {
        const box = (await part.boundingBox())!
        expect(Math.round(box.y + box.height)).toBeLessThanOrEqual(720)
        expect(Math.round(box.x + box.width)).toBeLessThanOrEqual(1280)
        expect(box.height).toBeGreaterThan(40)
      }
      expect(await smallTexts(page)).toEqual([])
      const names = page.locator('chat-lane h2 span')
      const cut = await names.evaluateAll((all) =>
        all.flatMap((one) => (one.scrollWidth > one.clientWidth ? [one.textContent] : [])),
      )
      expect(cut, 'names that are not whole').toEqual([])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await violationsOn(page), colorScheme).toEqual([])
      }

      await present.click()
      expect(new URL(page.url()).searchParams.has('present')).toBe(false)
      await expect.poll(() => page.locator('lane-bar').isVisible(), TIMEOUT).toBe(true)
      expect((await smallTexts(page)).length, 'what the page usually has is smaller').toBeGreaterThan(10)
    })

    test('has each lane’s last latency in view while a fault is on all of them, and when it is healed', async () => {
      const page = await bench.open('/?room=projector-broken&present=1', {
        viewport: { width: 1280, height: 720 },
      })
      await whenAllAreOpen(page)
      await page.getByRole('button', { name: 'Step' }).click()
      const figures = page.locator('chat-lane lane-figures dd:first-of-type')
      const lowest = async () => {
        await page.evaluate(() => scrollTo(0, 0))
        const boxes = await figures.evaluateAll((all) =>
          all.filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect().bottom),
        )
        return boxes.length < LANES.length ? Number.NaN : Math.max(...boxes)
      }
      await expect.poll(lowest, TIMEOUT).toBeLessThanOrEqual(720)
      await openPanel(page, 'break')
      await page.locator('break-panel button[data-fault="latency"]').click()
      const endless = page.getByRole('checkbox', { name: 'until I heal it' })
      if ((await endless.count()) > 0) await endless.check()
      await page.getByRole('button', { name: 'Break it' }).click()
      const active = page.locator('lane-faults .active')
      await expect.poll(() => active.count(), TIMEOUT).toBe(LANES.length)
      await expect.poll(lowest, TIMEOUT).toBeLessThanOrEqual(720)
      await page
        .getByRole('button', { name: /^Heal / })
        .first()
        .click()
      await expect.poll(() => active.count(), TIMEOUT).toBe(0)
      await expect.poll(() => page.locator('lane-faults .did').count(), TIMEOUT).toBeGreaterThan(0)
      await expect.poll(lowest, TIMEOUT).toBeLessThanOrEqual(720)
    })
  },
  { wired: true },
)
