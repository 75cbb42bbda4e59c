/** The lab page as a person finds it: by names and roles, for tests and for pictures. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { BrowserBench } from './browser-bench.ts'

/** Generous, in milliseconds: the machine may be busy with other tests. */
export const TIMEOUT = { timeout: 40_000, interval: 50 }

/**
 * What Chromium writes when there is no server, when it closes (503), when a client asks why its socket failed (426), or when
 * a lane is opened again for another person while its socket opens.
 */
export const SERVER_IS_AWAY =
  /net::ERR_|status of (?:503|426)|handshake: Unexpected response code: 503|closed before the connection is established/

/** A lane by its place on the page, or by the name of its transport. */
export const laneAt = (page: Page, at: number | TransportName): Locator =>
  page.locator('chat-lane').nth(typeof at === 'number' ? at : LANES.indexOf(at))

export const everyLane = (page: Page): Locator[] => LANES.map((name) => laneAt(page, name))

/** The texts of a lane's conversation, oldest first. */
export const textsIn = (lane: Locator): Promise<string[]> =>
  lane.locator('.line:not(.pending) .text').allTextContents()

export const stateOf = async (lane: Locator): Promise<string> =>
  (await lane.locator('lane-state [role=status]').textContent()) ?? ''

/** A figure of a lane, by its name. */
export async function figureOf(lane: Locator, name: string): Promise<string> {
  const figures = lane.locator('lane-figures dl > div')
  return (
    (await figures
      .filter({ has: lane.page().getByText(name, { exact: true }) })
      .locator('dd')
      .textContent()) ?? ''
  )
}

export async function whenAllAreOpen(page: Page): Promise<void> {
  for (const lane of everyLane(page)) {
    await expect.poll(() => lane.locator('lane-state').count(), TIMEOUT).toBe(1)
    await expect.poll(() => stateOf(lane), TIMEOUT).toMatch(/: open$/)
  }
}

export async function write(lane: Locator, text: string): Promise<void> {
  await lane.getByRole('textbox').focus()
  await lane.page().keyboard.insertText(text)
  await lane.page().keyboard.press('Enter')
}

/** Waits until every lane shows exactly these texts, in whatever order they were accepted. */
export async function whenAllShow(page: Page, texts: readonly string[]): Promise<void> {
  const wanted = [...texts].sort()
  for (const lane of everyLane(page)) {
    await expect.poll(async () => (await textsIn(lane)).sort(), TIMEOUT).toEqual(wanted)
  }
}

/** The lab page of a person who has come as a guest of that name, in a browser of their own. */
export async function openAs(bench: BrowserBench, name: string, room: string): Promise<Page> {
  const page = await bench.open('about:blank')
  const session = await page.request.post(`${bench.lab.url}/session`, { data: { name } })
  expect(session.status()).toBe(201)
  await page.goto(`${bench.lab.url}/?room=${room}`)
  await whenAllAreOpen(page)
  return page
}

/** Opens a panel of the page, if it is not open. */
export async function openPanel(page: Page, id: string): Promise<void> {
  const panel = page.locator(`details#${id}`)
  if ((await panel.getAttribute('open')) === null) await panel.locator('> summary').click()
}
