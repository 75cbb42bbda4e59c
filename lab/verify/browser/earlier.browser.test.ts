import { expect, test } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import { createMemoryStore } from '../../store/memory.ts'
import { inBrowser } from './browser-bench.ts'
import { everyLane, laneAt, TIMEOUT, textsIn, whenAllAreOpen } from './lab-page.ts'

const SAID = 230
const IN_MEMORY = 30

/** A room that remembers 30 of its 230 messages, and keeps them all. */
function oldRoom(): Hub {
  const hub = new Hub({ store: createMemoryStore(), maxMessages: IN_MEMORY, defer: (action) => action() })
  const room = hub.room('old')
  for (let i = 1; i <= SAID; i++) room.publish({ draftId: `d${i}`, author: 'ada', text: `number ${i}` })
  return hub
}

inBrowser('what was said earlier', (bench) => {
  test('comes when the reader scrolls up, and what was in view stays where it is', async () => {
    await bench.lab.stop()
    await bench.lab.start({ hub: oldRoom() })
    // High enough for a lane to show the first lines below the button above them.
    const page = await bench.open('/?room=old', { viewport: { width: 1440, height: 1100 } })
    await whenAllAreOpen(page)
    for (const lane of everyLane(page)) {
      await expect.poll(async () => (await textsIn(lane)).length, TIMEOUT).toBe(IN_MEMORY)
      await expect.poll(async () => (await textsIn(lane))[0], TIMEOUT).toBe('number 201')
    }

    const lane = laneAt(page, 'short-polling')
    const log = lane.getByRole('log')
    const first = lane.getByText('number 201', { exact: true })
    await log.evaluate((element) => (element.scrollTop = 0))
    await expect.poll(async () => (await textsIn(lane))[0], TIMEOUT).toBe('number 131')
    // It was in view; seventy lines went in front of it, and it still is.
    const [box, frame] = [await first.boundingBox(), await log.boundingBox()]
    expect(box!.y).toBeGreaterThanOrEqual(frame!.y)
    expect(box!.y + box!.height).toBeLessThanOrEqual(frame!.y + frame!.height)
    expect((await textsIn(laneAt(page, 'long-polling')))[0], 'another lane stays as it was').toBe(
      'number 201',
    )

    const more = lane.getByRole('button', { name: 'Earlier' })
    await more.press('Enter')
    await expect.poll(async () => (await textsIn(lane))[0], TIMEOUT).not.toBe('number 131')
    // Two pages are left, and a lane that stands at its top by then takes the second one by itself.
    if ((await textsIn(lane))[0] !== 'number 1') await more.press('Enter').catch(() => {})
    await expect.poll(async () => (await textsIn(lane)).length, TIMEOUT).toBe(SAID)
    expect(await textsIn(lane)).toEqual(Array.from({ length: SAID }, (_, i) => `number ${i + 1}`))
    await expect
      .poll(() => lane.locator('.earlier').textContent(), TIMEOUT)
      .toBe('Here the conversation began')

    await log.evaluate((element) => (element.scrollTop = element.scrollHeight))
    await expect.poll(async () => (await textsIn(lane)).length, TIMEOUT).toBe(IN_MEMORY)
  })

  test('the Tab key passes by: the newest stays in view, and nothing is fetched', async () => {
    await bench.lab.stop()
    await bench.lab.start({ hub: oldRoom() })
    const page = await bench.open('/?room=old')
    await whenAllAreOpen(page)
    const lane = laneAt(page, 'short-polling')
    const log = lane.getByRole('log')
    const isAtBottom = () =>
      log.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)
    await expect.poll(async () => (await textsIn(lane)).length, TIMEOUT).toBe(IN_MEMORY)
    await expect.poll(isAtBottom, TIMEOUT).toBe(true)

    await log.focus()
    await page.keyboard.press('Tab')
    await expect.poll(() => log.evaluate((element) => element.scrollTop), TIMEOUT).toBeLessThan(40)
    await page.keyboard.press('Tab')
    await expect.poll(isAtBottom, TIMEOUT).toBe(true)
    expect((await textsIn(lane))[0], 'the reader has not asked for more').toBe('number 201')
    expect(await lane.getByRole('button', { name: /new$/ }).count()).toBe(0)
  })
})
