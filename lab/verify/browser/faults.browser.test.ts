/** Faults, one at a time, on all lanes at once: what each lane shows meanwhile, and what the ledger says right after. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { inBrowser } from './browser-bench.ts'
import { everyLane, figureOf, TIMEOUT, whenAllAreOpen } from './lab-page.ts'

/** What Chromium writes for each request that a fault has broken: no script can keep it from that. */
const BROKEN_BY_THE_FAULT = /net::ERR_|WebSocket connection to|blocked by CORS policy|status of (?:426|503)/

/** Detection set low: a lane is dead after so many seconds of silence. */
const SILENCE_S = 2

async function openPanels(page: Page): Promise<void> {
  for (const id of ['break', 'ledger']) await page.locator(`details#${id} > summary`).click()
  await expect.poll(() => page.locator('break-panel').count(), TIMEOUT).toBe(1)
  await page.getByRole('slider', { name: 'Hold time' }).first().focus()
}

/** The cells of a row of the ledger, by lane. */
async function ledgerOf(page: Page): Promise<Record<string, string[]>> {
  const rows = await page.locator('lane-ledger > * >> css=tbody tr[data-lane]').all()
  const read = await Promise.all(
    rows.map(async (row) => [await row.getAttribute('data-lane'), await row.locator('td').allInnerTexts()] as const),
  )
  return Object.fromEntries(read)
}
