/** Each fault, on all lanes at once: what is shown meanwhile, what the ledger says right after, and that nothing stays. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { ownCertificate } from '../../server/tls/certificates.ts'
import type { FaultAbout } from '../../wires/control.ts'
import { FAULTS } from '../../wires/faults/catalogue.ts'
import { type BrowserBench, inBrowser } from './browser-bench.ts'
import { laneAt, openPanel, TIMEOUT, whenAllAreOpen, write } from './lab-page.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What Chromium itself writes for a request or a socket that a fault has broken; no script can keep it from that. A preflight that
 * is cut is reported as a refusal by CORS.
 */
const BROKEN_BY_THE_FAULT =
  /net::ERR_|WebSocket connection to .* failed|blocked by CORS policy|status of \d{3}|Unexpected response code/

/** The servers' heartbeat, and the silence after which a lane is dead: set low, so that a test need not wait for a minute. */
const HEARTBEAT_MS = 500
const SETTINGS = 'silence=3&hold=0.5&interval=0.5&rate=4'
/** How long a fault has to bite before it is healed, in milliseconds: longer than a silence may last. */
const BITE_MS = 3_500

/** A fault whose usual settings would do nothing in four seconds, and where its slider must stand. */
const TURNED: Readonly<Record<string, readonly [slider: string, step: string]>> = {
  'idle-timeout': ['Quiet for', '15'],
}

const panel = (page: Page, id: string): Locator => page.locator(`details#${id}`)

async function openPanels(page: Page): Promise<void> {
  for (const id of ['break', 'ledger']) await openPanel(page, id)
  await expect.poll(() => page.locator('break-panel button[data-fault]').count(), TIMEOUT).toBeGreaterThan(0)
}

async function breakAll(page: Page, fault: string): Promise<void> {
  await page.locator(`break-panel button[data-fault="${fault}"]`).click()
  const [slider, step] = TURNED[fault] ?? []
  if (slider && step) await page.locator('fault-detail').getByRole('slider', { name: slider }).fill(step)
  const endless = page.getByRole('checkbox', { name: 'until I heal it' })
  if ((await endless.count()) > 0) await endless.check()
  await page.getByRole('button', { name: 'Break it' }).click()
}

/** Of one lane in the ledger: sent, delivered, lost, doubled and reordered. */
async function kept(page: Page, name: string): Promise<readonly (string | undefined)[]> {
  const [sent, delivered, lost, , doubled, reordered] = await page
    .locator(`lane-ledger tr[data-lane="${name}"] td`)
    .allInnerTexts()
  const [came, stood] = delivered?.split(' of ') ?? []
  return [sent, came === stood ? 'all' : delivered, lost, doubled, reordered]
}

const wellIn = (page: Page, name: string): Promise<string> =>
  page.locator(`fault-times tr[data-lane="${name}"] td`).nth(1).innerText()

/** Breaks all lanes by a fault, writes in each, and heals: then each is back by itself, and nothing was lost or doubled. */
async function breakAndHeal(
  page: Page,
  bench: BrowserBench,
  { name: fault, isOnce, title }: FaultAbout,
): Promise<void> {
  await page.getByRole('button', { name: 'Start traffic' }).click()
  await breakAll(page, fault)
  // What is written now waits, or its acknowledgement is lost: it must stand in the log once all the same.
  for (const name of LANES) await write(laneAt(page, name), `during ${fault}, by ${name}`)

  if (!isOnce) {
    for (const name of LANES) {
      const banner = laneAt(page, name).locator(`.active[data-fault="${fault}"]`)
      await expect.poll(() => banner.innerText(), TIMEOUT).toContain(`${title}`)
    }
    await page.waitForTimeout(BITE_MS)
    await page
      .locator('break-panel')
      .getByRole('button', { name: `Heal ${title}` })
      .click()
  }
  await expect.poll(() => page.locator('lane-faults .active').count(), TIMEOUT).toBe(0)
  for (const name of LANES) {
    await retryNow(page)
    await expect
      .poll(() => wellIn(page, name), TIMEOUT)
      .toMatch(/^(?:after [\d.]+ m?s|before the fault ended)/)
  }
  await whenAllAreOpen(page)
  await page.getByRole('button', { name: 'Pause traffic' }).click()
  await page.locator('lane-ledger').scrollIntoViewIfNeeded() // out of sight, it asks nothing
  for (const name of LANES) {
    await expect.poll(() => kept(page, name), TIMEOUT).toEqual(['1', 'all', '0', '0', '0'])
  }

  const state = await page.request.get(`${bench.lab.url}/wires`)
  expect(((await state.json()) as { active: unknown[] }).active, 'faults that are left').toEqual([])
  expect(await page.locator('break-panel [role=alert]').textContent()).toBe('')
}

/** A wait is drawn at random, up to 15 s: what is tested is not the draw. */
async function retryNow(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Retry all waiting lanes now' })
  if ((await button.count()) > 0) await button.click({ timeout: 1_000 }).catch(() => {})
}

inBrowser(
  'faults on all lanes at once',
  (bench) => {
    test.each(FAULTS.map(({ about }) => [about.name, about] as const))(
      'of %s each lane shows what is done to it, comes back by itself, and has lost and doubled nothing',
      async (fault, about) => {
        bench.expectInConsole(BROKEN_BY_THE_FAULT)
        const page = await bench.open(`/?room=broken-by-${fault}&${SETTINGS}`)
        await whenAllAreOpen(page)
        await openPanels(page)
        await breakAndHeal(page, bench, about)
      },
    )

    test('a fault is on the lanes that were chosen and on no other, and is healed by a click', async () => {
      bench.expectInConsole(BROKEN_BY_THE_FAULT)
      const page = await bench.open(`/?room=chosen&${SETTINGS}`)
      await whenAllAreOpen(page)
      await openPanels(page)
      await page.locator('break-panel').getByRole('button', { name: 'None' }).click()
      await page.locator('break-panel fieldset').getByRole('checkbox', { name: 'SSE', exact: true }).check()
      await page.locator('break-panel button[data-fault="latency"]').click()
      await page.getByRole('checkbox', { name: 'until I heal it' }).check()
      await page.getByRole('button', { name: 'Break it' }).click()
      await expect.poll(() => page.locator('lane-faults .active').count(), TIMEOUT).toBe(1)
      const banner = laneAt(page, 'sse').locator('.active')
      expect(await banner.innerText()).toContain('until it is healed')
      await banner.getByRole('button', { name: 'Heal' }).click()
      await expect.poll(() => page.locator('lane-faults .active').count(), TIMEOUT).toBe(0)

      await page.getByRole('checkbox', { name: 'until I heal it' }).uncheck()
      await page.locator('fault-detail').getByRole('slider', { name: 'For', exact: true }).fill('100')
      await page.getByRole('button', { name: 'Break it' }).click()
      await expect.poll(() => banner.innerText(), TIMEOUT).toMatch(/\b1[012]\d s left/)
    })

    test('what the server refuses is said in its words', async () => {
      bench.expectInConsole(/status of 4\d\d/)
      const page = await bench.open('/?room=refused')
      await whenAllAreOpen(page)
      await openPanels(page)
      await page.route('**/wires/faults', (route) =>
        route.fulfill({
          status: 403,
          json: { code: 'not-allowed', message: 'this needs the teacher’s token' },
        }),
      )
      await page.locator('break-panel button[data-fault="cut"]').click()
      await page.getByRole('button', { name: 'Break it' }).click()
      await expect
        .poll(() => page.locator('break-panel [role=alert]').textContent(), TIMEOUT)
        .toBe('This needs the teacher’s token.')
    })

    test.each(['light', 'dark'] as const)('axe finds nothing in the open panels: %s', async (colorScheme) => {
      bench.expectInConsole(BROKEN_BY_THE_FAULT)
      const page = await bench.open(`/?room=axe-${colorScheme}&${SETTINGS}`, { colorScheme })
      await whenAllAreOpen(page)
      await openPanels(page)
      await panel(page, 'scenarios').locator('summary').click()
      await page.locator('scenario-list').getByRole('button').first().click()
      await breakAll(page, 'silence')
      await expect.poll(() => page.locator('lane-faults .active').count(), TIMEOUT).toBe(LANES.length)
      await page.evaluate(axe)
      const { violations } = (await page.evaluate('axe.run()')) as AxeResults
      expect(
        violations.map(({ id, nodes }) => ({
          id,
          nodes: nodes.map(({ target, failureSummary }) => [target, failureSummary]),
        })),
      ).toEqual([])
    })

    test.each([360, 768, 1440])(
      'nothing sticks out to the side with all panels open at %i px',
      async (width) => {
        const page = await bench.open('/?room=narrow', { viewport: { width, height: 900 } })
        await whenAllAreOpen(page)
        await openPanels(page)
        await page.locator('break-panel button[data-fault="latency"]').click()
        await panel(page, 'scenarios').locator('summary').click()
        await page.locator('scenario-list').getByRole('button').first().click()
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      },
    )

    test('a scenario asks for a guess first, and answers in figures of its run', async () => {
      const page = await bench.open('/?room=scenario')
      await whenAllAreOpen(page)
      await panel(page, 'scenarios').locator('summary').click()
      const list = page.locator('scenario-list')
      await list.getByRole('button', { name: 'Live prices' }).click()
      expect(await list.getByRole('button', { name: 'Run it' }).isDisabled()).toBe(true)
      await list.getByRole('radio', { name: 'Long polling' }).check()
      await list.getByRole('button', { name: 'Run it' }).click()
      await expect.poll(() => list.locator('.verdict').count(), TIMEOUT).toBe(1)
      expect(await list.locator('.verdict b').innerText()).toMatch(
        /^(?:You were right\.|It was another: |None of)/,
      )
      const rows = await list.locator('.verdict tbody tr').all()
      expect(rows).toHaveLength(LANES.length)
      for (const row of rows) expect((await row.locator('td').allInnerTexts()).at(-1)).toBe('0')
      expect(await list.locator('.right').count()).toBeLessThanOrEqual(1)
    })
  },
  { wired: true, heartbeatMs: HEARTBEAT_MS },
)

inBrowser(
  'faults on all lanes at once, under TLS',
  (bench) => {
    const about = (name: string) => FAULTS.find((fault) => fault.about.name === name)!.about
    test.each([
      ['of the line', about('cut'), 'h2'],
      ['of a box that reads HTTP/1.1', about('buffering'), 'http/1.1'],
    ] as const)(
      'by a fault %s each lane comes back by itself, and has lost and doubled nothing',
      async (_of, fault, spoken) => {
        bench.expectInConsole(BROKEN_BY_THE_FAULT)
        await bench.lab.stop()
        await bench.lab.start({ tls: await ownCertificate(null, ['127.0.0.1']) })
        const page = await bench.open(`/?room=secure-${fault.name}&${SETTINGS}`, { ignoreHTTPSErrors: true })
        await whenAllAreOpen(page)
        await openPanels(page)
        const button = page.locator(`break-panel button[data-fault="${fault.name}"]`)
        await button.click()
        const says = (words: string) => page.locator('fault-detail').getByText(words).count()
        await expect.poll(() => says(fault.models.slice(0, 20)), TIMEOUT).toBe(1)
        expect(await says('Such a box speaks HTTP/1.1')).toBe(spoken === 'http/1.1' ? 1 : 0)
        await button.click() // closed again, as it was
        await breakAndHeal(page, bench, fault)
      },
    )
  },
  { wired: true, heartbeatMs: HEARTBEAT_MS },
)

inBrowser('a lab with one port for all lanes', (bench) => {
  test('says that no lane has a wire to break, and keeps the ledger', async () => {
    const page = await bench.open('/?room=single')
    await whenAllAreOpen(page)
    for (const id of ['break', 'ledger', 'scenarios']) await openPanel(page, id)
    await expect
      .poll(() => page.locator('break-panel .note').innerText(), TIMEOUT)
      .toContain('no lane has a wire of its own to break')
    await expect.poll(() => page.locator('lane-ledger tr[data-lane="sse"] td').count(), TIMEOUT).toBe(11)
    await page.locator('scenario-list').getByRole('button', { name: 'A line that is half open' }).click()
    expect(await page.locator('scenario-list .note').first().innerText()).toContain('--single-port')
    expect(await page.getByRole('checkbox', { name: /All lanes on one port/ }).isDisabled()).toBe(true)
  })
})
