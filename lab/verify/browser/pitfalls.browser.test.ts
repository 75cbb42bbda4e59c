/** Pitfalls on the page: three of different kinds, each switched on, brought out, seen in the ledger, and switched off again. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { TransportName } from '../../../transports/manifest.ts'
import { PITFALLS } from '../../app/pitfalls/index.ts'
import { inBrowser } from './browser-bench.ts'
import { laneAt, openPanel, stateOf, TIMEOUT, whenAllAreOpen } from './lab-page.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What Chromium writes for a request that a fault has broken, or that a switch has cut. */
const BROKEN =
  /net::ERR_|WebSocket connection to .* failed|blocked by CORS policy|status of \d{3}|Unexpected response code/
const SETTINGS = 'silence=3&hold=0.5&interval=0.5'

interface Seen {
  readonly sent: string
  readonly lost: number
  readonly behind: number
  readonly doubled: number
}

/** What the ledger says of a lane. */
async function seenOf(page: Page, lane: TransportName): Promise<Seen> {
  await page.locator('lane-ledger').scrollIntoViewIfNeeded()
  const [sent = '', , lost, behind, doubled] = await page
    .locator(`lane-ledger tr[data-lane="${lane}"] td`)
    .allInnerTexts()
  return { sent, lost: Number(lost), behind: Number(behind), doubled: Number(doubled) }
}

async function openPanels(page: Page): Promise<Locator> {
  for (const id of ['pitfalls', 'ledger']) await openPanel(page, id)
  const panel = page.locator('pitfall-panel')
  await expect.poll(() => panel.locator('button[data-pitfall]').count(), TIMEOUT).toBe(PITFALLS.length)
  return panel
}

const KINDS: readonly (readonly [pitfall: string, lane: TransportName, shows: (seen: Seen) => boolean])[] = [
  ['no-cursor', 'long-polling', ({ lost }) => lost > 0], // the server's half, reading
  ['starts-over', 'sse', ({ doubled }) => doubled > 0], // the client's half, reading
  ['new-id-for-each-try', 'websocket', ({ sent }) => sent.includes('twice')], // the client's half, writing
]

inBrowser(
  'pitfalls on the page',
  (bench) => {
    test.each(KINDS)(
      '%s is brought out in its lane alone, and is gone with its switch',
      async (pitfall, lane, shows) => {
        bench.expectInConsole(BROKEN)
        const page = await bench.open(`/?room=${pitfall}&${SETTINGS}`)
        await whenAllAreOpen(page)
        const panel = await openPanels(page)
        await panel.locator(`button[data-pitfall="${pitfall}"]`).click()
        await panel.getByLabel('Lane').selectOption(lane)
        await panel.getByRole('button', { name: 'Switch it on' }).click()

        const band = laneAt(page, lane).locator('lane-pitfall [role=status]')
        await expect.poll(() => band.innerText(), TIMEOUT).toContain('This lane is broken on purpose')
        expect(await page.locator('lane-pitfall').count()).toBe(1)
        await whenAllAreOpen(page)
        await panel.getByRole('button', { name: 'Bring it out' }).click()
        await expect.poll(async () => shows(await seenOf(page, lane)), TIMEOUT).toBe(true)
        // The other lanes have the same room and the same messages.
        await expect
          .poll(() => seenOf(page, 'short-polling'), TIMEOUT)
          .toMatchObject({ lost: 0, behind: 0, doubled: 0 })

        await page.reload()
        await whenAllAreOpen(page)
        await expect.poll(() => band.innerText(), TIMEOUT).toContain('This lane is broken on purpose')
        await band.getByRole('button', { name: 'Switch off' }).click()
        await expect.poll(() => page.locator('lane-pitfall').count(), TIMEOUT).toBe(0)
        await whenAllAreOpen(page)

        await openPanels(page)
        // The address has kept which one was chosen.
        const chosen = panel.locator('button[aria-expanded=true]')
        await expect.poll(() => chosen.getAttribute('data-pitfall'), TIMEOUT).toBe(pitfall)
        await panel.getByLabel('Lane').selectOption(lane)
        await panel.getByRole('button', { name: 'Try the same without it' }).click()
        await expect
          .poll(() => panel.getByRole('button', { name: 'Bringing it out' }).count(), TIMEOUT)
          .toBe(0)
        await expect
          .poll(async () => (await stateOf(laneAt(page, lane))).endsWith(': open'), TIMEOUT)
          .toBe(true)
        await expect.poll(async () => (await seenOf(page, lane)).behind, TIMEOUT).toBe(0)
        const seen = await seenOf(page, lane)
        expect(shows(seen), JSON.stringify(seen)).toBe(false)
      },
    )

    test.each(['light', 'dark'] as const)(
      'axe finds nothing in the panel and its band: %s',
      async (colorScheme) => {
        bench.expectInConsole(BROKEN)
        const page = await bench.open(`/?room=axe-${colorScheme}`, {
          colorScheme,
          viewport: { width: 360, height: 800 },
        })
        await whenAllAreOpen(page)
        const panel = await openPanels(page)
        await panel.locator('button[data-pitfall="starts-over"]').click()
        await panel.getByRole('button', { name: 'Switch it on' }).click()
        await expect.poll(() => page.locator('lane-pitfall [role=status]').count(), TIMEOUT).toBe(1)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
        await page.evaluate(axe)
        const { violations } = (await page.evaluate('axe.run()')) as AxeResults
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([])
      },
    )
  },
  { wired: true, heartbeatMs: 500 },
)
