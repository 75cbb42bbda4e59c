/** What becomes of the lines when the network goes, the page freezes, the server restarts, or there are too many tabs. */
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { createServerMetrics } from '../../server/observe/server-metrics.ts'
import { inBrowser } from './browser-bench.ts'
import {
  everyLane,
  laneAt,
  SERVER_IS_AWAY,
  stateOf,
  TIMEOUT,
  whenAllAreOpen,
  whenAllShow,
  write,
} from './lab-page.ts'

const states = (page: Page): Promise<string[]> => Promise.all(everyLane(page).map(stateOf))
const expectAll = (page: Page, words: RegExp) =>
  expect.poll(() => states(page), TIMEOUT).toEqual(everyLane(page).map(() => expect.stringMatching(words)))

/** Waits until the lane has some seconds before it would try by itself: time to start the server and to press a button. */
const waitsLong = (lane: Locator) =>
  expect
    .poll(() => lane.locator('lane-state .draw').allTextContents(), TIMEOUT)
    .toEqual([expect.stringMatching(/^random, up to (8|15) s$/)])

inBrowser('the lines of the lab page', (bench) => {
  test('every lane says offline as soon as the browser does, and is back with the network', async () => {
    const page = await bench.open('/?room=offline')
    await whenAllAreOpen(page)
    // 426: the socket failed without a network, and by the time that its client asks why, there is one again.
    bench.expectInConsole(/net::ERR_|status of 426/)
    await page.context().setOffline(true)
    await expectAll(page, /: offline, this device has no network$/)
    await write(laneAt(page, 'sse'), 'written offline')
    await page.context().setOffline(false)
    await whenAllAreOpen(page)
    await whenAllShow(page, ['written offline'])
  })

  test('a button retries at once, in one lane or in all; and the wait is told as the dice that it is', async () => {
    const page = await bench.open('/?room=retry')
    await whenAllAreOpen(page)
    bench.expectInConsole(SERVER_IS_AWAY)
    // Every draw is the longest that there is: after some tries, no client reconnects by itself within a test.
    await page.evaluate(() => {
      Math.random = () => 0.999
    })
    await bench.lab.stop()
    const lane = laneAt(page, 'long-polling')
    await waitsLong(lane)
    await bench.lab.start()
    await lane.getByRole('button', { name: /^Retry .* now$/ }).click({ timeout: TIMEOUT.timeout })
    await expect.poll(() => stateOf(lane), TIMEOUT).toMatch(/: open$/)
    await whenAllAreOpen(page)

    // And once more, for all lanes by one press.
    await bench.lab.stop()
    for (const each of everyLane(page)) await waitsLong(each)
    await bench.lab.start()
    await page.getByRole('button', { name: 'Retry all now' }).click({ timeout: TIMEOUT.timeout })
    await whenAllAreOpen(page)
    await expect.poll(() => page.getByText('lanes wait to retry').count(), TIMEOUT).toBe(0)
  })

  test('a page that is frozen is here no more, and is again when it thaws', async () => {
    const metrics = createServerMetrics()
    await bench.lab.stop()
    await bench.lab.start({ metrics })
    const page = await bench.open('/?room=frozen')
    await whenAllAreOpen(page)
    const streams = LANES.filter((name) => !name.endsWith('polling'))
    const readers = () => streams.reduce((sum, name) => sum + metrics.transport(name).readers(), 0)
    expect(readers()).toBe(streams.length)
    // As the browser tells it; it freezes no page that is in view, and here all are.
    await page.evaluate(() => document.dispatchEvent(new Event('freeze')))
    await expect.poll(readers, TIMEOUT).toBe(0)
    await page.evaluate(() => document.dispatchEvent(new Event('resume')))
    await whenAllAreOpen(page)
    expect(readers()).toBe(streams.length)
  })

  test('an invitation is pushed, and shown while the rooms are closed', async () => {
    const at = (path: string) => new URL(path, bench.lab.url).href
    const page = await bench.open('/?room=outside')
    await page.request.post(at('/session'), { data: { name: 'Guest Bob' } })
    await page.goto(at('/?room=invited'))
    await whenAllAreOpen(page)
    const other = await bench.open('/?room=outside')
    await other.request.post(at('/session'), { data: { name: 'Guest Ada' } })
    const group = await other.request.post(at('/rooms'), { data: { kind: 'group', title: 'Garden' } })
    const { name } = (await group.json()) as { name: string }
    // The page asks of its own accord only when it is opened, and while the rooms are in view.
    await other.request.put(at(`/rooms/${name}/members/Guest%20Bob`), { data: { role: 'invited' } })
    await expect.poll(() => page.getByText('You are invited to Garden').count(), TIMEOUT).toBe(1)
    await other.request.delete(at(`/rooms/${name}/members/Guest%20Bob`))
    await expect.poll(() => page.getByText('You are invited to Garden').count(), TIMEOUT).toBe(0)
  })

  test('of three tabs one is connected, the others say why they are not, and each may take its turn', async () => {
    const first = await bench.open('/?room=tabs')
    await whenAllAreOpen(first)
    const pages = [first]
    for (let i = 1; i < 3; i++) {
      const page = await first.context().newPage()
      await page.goto(first.url())
      await whenAllAreOpen(page)
      pages.push(page)
    }
    // Each holds three of the browser's six connections, for a long poll, a stream of lines and one of events; and one
    // more is reckoned for auto, which may come to hold one.
    const parked = /: parked, waiting for the browser’s six connections; another tab of the lab holds them$/
    await expectAll(pages[0]!, parked)
    await expectAll(pages[1]!, parked)
    // Short polling posts what is written by a connection that must be free.
    await write(laneAt(pages[2]!, 'short-polling'), 'by the third tab')
    await whenAllShow(pages[2]!, ['by the third tab'])

    await laneAt(pages[0]!, 'short-polling').getByRole('button', { name: 'Connect this tab' }).click()
    await whenAllAreOpen(pages[0]!)
    await whenAllShow(pages[0]!, ['by the third tab'])
    await expectAll(pages[2]!, parked)

    await pages[0]!.close()
    await whenAllAreOpen(pages[2]!)
    for (const page of pages.slice(1)) await page.close()
  })
})
