/**
 * The scenarios that a lane writes in, or that come in bursts, as a reader plays them: a guess, the run, and a verdict whose figures are
 * those of the run. All at the same time, each on a page with few lanes: most of a scenario is waiting.
 */
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { type BrowserBench, inBrowser } from './browser-bench.ts'
import { openPanel, TIMEOUT, whenAllAreOpen } from './lab-page.ts'

/** A run takes at most half a minute on a machine that rests. */
const RUN = { ...TIMEOUT, timeout: 150_000 }
const LIMIT_MS = 300_000

/** Opens the scenario on a page with these lanes, and guesses. @returns the list, running */
async function play(
  bench: BrowserBench,
  title: string,
  lanes: readonly TransportName[],
): Promise<{ page: Page; list: Locator }> {
  const page = await bench.open(`/?room=${title.toLowerCase().replaceAll(' ', '-')}&interval=0.5`)
  await whenAllAreOpen(page)
  const boxes = page.locator('lane-bar fieldset input')
  for (const [at, name] of LANES.entries()) if (!lanes.includes(name)) await boxes.nth(at).uncheck()
  await expect.poll(() => page.locator('chat-lane').count(), TIMEOUT).toBe(lanes.length)
  await openPanel(page, 'scenarios')
  const list = page.locator('scenario-list')
  await list.getByRole('button', { name: title }).click()
  expect(await list.getByRole('button', { name: 'Run it' }).isDisabled()).toBe(true)
  await list.getByRole('radio').first().check()
  await list.getByRole('button', { name: 'Run it' }).click()
  return { page, list }
}

/** Waits for the verdict. @returns its rows' cells, by lane */
async function verdictOf(list: Locator): Promise<(lane: TransportName) => readonly string[]> {
  await expect
    .poll(
      async () => [await list.locator('.verdict').count(), await list.locator('[role=status]').innerText()],
      RUN,
    )
    .toEqual([1, ''])
  expect(await list.locator('.verdict b').innerText()).toMatch(
    /^(?:You were right\.|It was another: |None of)/,
  )
  const rows = new Map<string, string[]>()
  for (const row of await list.locator('.verdict tbody tr').all())
    rows.set((await row.getAttribute('data-lane'))!, await row.locator('td').allInnerTexts())
  return (lane) => rows.get(lane) ?? []
}

inBrowser(
  'a scenario',
  (bench) => {
    test(
      'of people, of machines, of a game and of one text is answered by what its lanes have done',
      async () => {
        const few = ['short-polling', 'websocket'] as const
        await Promise.all([groupChat(), dashboard(), game(), editing()])

        async function groupChat(): Promise<void> {
          const { list } = await play(bench, 'Group chat', few)
          const cells = await verdictOf(list)
          for (const lane of few) expect(cells(lane).slice(2), lane).toEqual(['30 of 30', '0'])
          expect(await list.locator('.right, .wrong').count()).toBeGreaterThan(0)
        }

        async function dashboard(): Promise<void> {
          const { list } = await play(bench, 'Monitoring dashboard', few)
          const cells = await verdictOf(list)
          const requestsEach = (lane: TransportName) => Number(cells(lane)[0])
          expect(requestsEach('websocket')).toBeLessThan(requestsEach('short-polling'))
          expect(cells('websocket')[1]).toMatch(/^\d[\d,]* bytes$/)
        }

        async function game(): Promise<void> {
          const { list } = await play(bench, 'Game positions', few)
          const dots = list.locator('scenario-scene li[data-lane="websocket"] circle')
          await expect.poll(() => dots.count(), TIMEOUT).toBe(2)
          const cells = await verdictOf(list)
          // A position by a POST is a request; one on the socket is none, whatever the machine is slow at.
          expect(Number(cells('websocket')[1])).toBeLessThan(0.1)
          expect(Number(cells('short-polling')[1])).toBeGreaterThan(Number(cells('websocket')[1]))
          expect(Number(cells('websocket')[0])).toBeGreaterThan(0)
        }

        async function editing(): Promise<void> {
          const { list } = await play(bench, 'Collaborative editing', few)
          const text = list.locator('scenario-scene li[data-lane="websocket"] .text')
          await expect.poll(() => text.innerText(), TIMEOUT).toMatch(/[a-z]/)
          const cells = await verdictOf(list)
          for (const lane of few) {
            expect(cells(lane)[0], lane).toBe('the same')
            expect(cells(lane)[2], lane).toMatch(/ of 60$/)
          }
        }
      },
      LIMIT_MS,
    )

    test(
      'of a thousand sleeping tabs wakes them in the server’s process, and all of them have what they missed',
      async () => {
        const { list } = await play(bench, 'A thousand sleeping tabs', ['sse', 'websocket'])
        const cells = await verdictOf(list)
        for (const lane of ['sse', 'websocket'] as const) {
          expect(cells(lane)[0], lane).toBe('1,000 of 1,000')
          expect(cells(lane)[3], lane).toBe('1,000')
        }
        expect(await list.locator('.verdict p').first().innerText()).toContain('The slowest crowd')
      },
      LIMIT_MS,
    )
  },
  { wired: true },
)
