/**
 * The first two minutes with the lab page: what moves by itself, a scenario with a guess, a lane that is broken and comes back, and
 * one message opened byte by byte in every lane. By a visitor at a laptop, by a teacher at a projector, and on a phone.
 */
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { DESCRIPTORS, LANES } from '../../../transports/descriptors.ts'
import { inBrowser } from './browser-bench.ts'
import {
  everyLane,
  figureOf,
  laneAt,
  openPanel,
  stateOf,
  TIMEOUT,
  textsIn,
  whenAllAreOpen,
  write,
} from './lab-page.ts'

/** A run takes twelve seconds on a machine that rests. */
const RUN = { ...TIMEOUT, timeout: 120_000 }
const LIMIT_MS = 300_000

/** The timeline quotes so much of a message at least. */
const QUOTED_CHARS = 40

const VISITORS = [
  { who: 'a visitor at a laptop', width: 1440, height: 900, presents: false },
  { who: 'a teacher at a projector, in presentation mode', width: 1280, height: 720, presents: true },
  { who: 'a visitor on a phone', width: 360, height: 740, presents: false },
] as const

inBrowser(
  'the first two minutes with the lab page',
  (bench) => {
    test.each(VISITORS)(
      'take $who from what moves by itself to the bytes of one message in every lane',
      async ({ width, height, presents }) => {
        bench.expectInConsole(/net::ERR_|blocked by CORS policy/) // the browser's own words on what was cut
        const page = await bench.open('about:blank', { viewport: { width, height } })
        await page.goto(bench.lab.url)
        await whenAllAreOpen(page)
        for (const lane of everyLane(page))
          await expect.poll(async () => (await textsIn(lane)).length, TIMEOUT).toBeGreaterThan(0)
        if (presents) await page.getByRole('button', { name: 'Present' }).click()
        await playLivePrices(page)
        await cutOneLane(page)
        await openInEveryLane(page, await say(page, presents), presents)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      },
      LIMIT_MS,
    )
  },
  { wired: true },
)

async function playLivePrices(page: Page): Promise<void> {
  await openPanel(page, 'scenarios')
  const list = page.locator('scenario-list')
  await list.getByRole('button', { name: 'Live prices' }).click(TIMEOUT)
  await list.getByRole('radio', { name: 'Long polling' }).check()
  await list.getByRole('button', { name: 'Run it' }).click()
  await expect.poll(() => list.locator('.verdict tbody tr').count(), RUN).toBe(LANES.length)
  await expect.poll(() => list.locator('.right').count(), TIMEOUT).toBe(1)
}

/** One lane is cut; it is open again with all that was said, and the others have noticed nothing. */
async function cutOneLane(page: Page): Promise<void> {
  await openPanel(page, 'break')
  const panel = page.locator('break-panel')
  await panel.getByRole('button', { name: 'None' }).click(TIMEOUT)
  await panel.locator('fieldset').getByRole('checkbox', { name: 'SSE', exact: true }).check()
  await panel.locator('button[data-fault="cut"]').click()
  await page.getByRole('button', { name: 'Break it' }).click()
  const well = page.locator('fault-times tr[data-lane="sse"] td').nth(1)
  await expect.poll(() => well.innerText(), TIMEOUT).toMatch(/^after [\d.]+ m?s/)
  await expect.poll(() => figureOf(laneAt(page, 'sse'), 'reconnects'), TIMEOUT).toBe('1')
  await expect.poll(() => stateOf(laneAt(page, 'sse')), TIMEOUT).toMatch(/: open$/)
  expect(await figureOf(laneAt(page, 'websocket'), 'reconnects')).toBe('0')
}

/** @returns the beginning of a message that every lane shows */
async function say(page: Page, presents: boolean): Promise<string> {
  const newest = async (lane: Locator) => (await textsIn(lane)).at(-1) ?? ''
  const before = await newest(laneAt(page, 'sse'))
  // A projector's lanes have no box to write in: the class looks on.
  if (presents) await page.getByRole('button', { name: 'Step' }).click()
  else await write(laneAt(page, 'sse'), 'the same in every lane')
  await expect.poll(() => newest(laneAt(page, 'sse')), TIMEOUT).not.toBe(before)
  const text = await newest(laneAt(page, 'sse'))
  for (const lane of everyLane(page)) await expect.poll(() => newest(lane), TIMEOUT).toBe(text)
  return text.slice(0, QUOTED_CHARS)
}

async function openInEveryLane(page: Page, text: string, presents: boolean): Promise<void> {
  const titles = LANES.map((name) => DESCRIPTORS.get(name)!.title)
  await (presents ? openByKeys(page, text) : openInTable(page, text, titles[0]!))
  const opened = page.locator('lab-inspector .title')
  for (const [index, title] of titles.entries()) {
    if (index > 0) {
      await page.locator('lab-timeline .canvas').focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
    }
    await expect.poll(() => opened.textContent().catch(() => ''), TIMEOUT).toContain(`${title}: `)
    expect(await opened.textContent()).toContain(text)
    await expect.poll(() => page.locator('lab-inspector .hex .row').count(), TIMEOUT).toBeGreaterThan(0)
  }
}

async function openInTable(page: Page, text: string, title: string): Promise<void> {
  const timeline = page.locator('lab-timeline')
  await timeline.getByRole('checkbox', { name: 'table' }).check()
  const rows = timeline.locator('tbody tr').filter({ hasText: text }).filter({ hasText: title })
  await expect.poll(() => rows.count(), TIMEOUT).toBeGreaterThan(0)
  await timeline.getByRole('button', { name: 'Pause' }).click()
  await rows
    .first()
    .getByRole('button', { name: /^Open the bytes/ })
    .click(TIMEOUT)
}

/** A projector's timeline has no table: from the newest mark of the first lane back to the message. */
async function openByKeys(page: Page, text: string): Promise<void> {
  const words = page.locator('lab-timeline #words')
  await page.locator('lab-timeline .canvas').focus()
  await page.keyboard.press('End')
  let steps = 0
  await expect
    .poll(async () => {
      const said = await words.innerText()
      // It may not have been recorded yet when the newest was asked for: then from the newest once more.
      if (!said.includes(text)) await page.keyboard.press(++steps % 20 === 0 ? 'End' : 'ArrowLeft')
      return said
    }, TIMEOUT)
    .toContain(text)
  await page.keyboard.press('Enter')
}
