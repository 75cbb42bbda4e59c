/** A reader who is away from the newest is left in peace: nothing that they read moves. */
import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import type { Room } from '../../hub/room.ts'
import { inBrowser } from './browser-bench.ts'
import { laneAt, TIMEOUT, textsIn, whenAllAreOpen } from './lab-page.ts'

const say = (room: Room, first: number, last: number, what: string) => {
  for (let n = first; n <= last; n++)
    room.publish({ draftId: `${what} ${n}`, author: 'ada', text: `${what} ${n}` })
}

/** The text of the first line in view, and how far below the edge it stands. */
const inView = (lane: Locator) =>
  lane.locator('.scroll').evaluate((scroll) => {
    const edge = scroll.getBoundingClientRect().top
    const line = [...scroll.querySelectorAll('.line')].find(
      (one) => one.getBoundingClientRect().bottom > edge + 1,
    )
    return {
      text: line?.querySelector('.text')?.textContent ?? null,
      top: Math.round((line?.getBoundingClientRect().top ?? 0) - edge),
    }
  })

inBrowser('the reading position', (bench) => {
  async function begin(name: string, old: number) {
    await bench.lab.stop()
    const hub = new Hub({ maxMessages: 5_000 })
    const room = hub.room(name)
    say(room, 1, old, 'old')
    await bench.lab.start({ hub })
    const page = await bench.open(`/?room=${name}`)
    await whenAllAreOpen(page)
    const lane = laneAt(page, 'websocket')
    await expect.poll(async () => (await textsIn(lane)).at(-1), TIMEOUT).toBe(`old ${old}`)
    const scrollTo = (text: string) =>
      lane.getByText(text, { exact: true }).evaluate((line) => line.scrollIntoView({ block: 'start' }))
    return { page, room, lane, scrollTo }
  }

  test('stays where it is while more lines come than are kept', async () => {
    const { room, lane, scrollTo } = await begin('trimmed', 150)
    await scrollTo('old 75')
    await expect.poll(async () => (await inView(lane)).text, TIMEOUT).toMatch(/^old 7[45]$/)
    const before = await inView(lane)
    for (const part of [0, 1, 2]) {
      say(room, part * 60 + 1, part * 60 + 60, 'new')
      await expect.poll(async () => (await textsIn(lane)).at(-1), TIMEOUT).toBe(`new ${part * 60 + 60}`)
      expect(await inView(lane)).toEqual(before)
    }
    expect((await textsIn(lane))[0]).toBe('old 1')
    await lane.getByRole('button', { name: '180 new' }).click()
    await expect.poll(async () => (await textsIn(lane)).length, TIMEOUT).toBe(200)
    expect((await textsIn(lane)).at(-1)).toBe('new 180')
  })

  test('stays where it is when a text above it is edited and grows, and when the page becomes narrower', async () => {
    const { page, room, lane, scrollTo } = await begin('edited', 60)
    await scrollTo('old 40')
    await expect.poll(async () => (await inView(lane)).text, TIMEOUT).toMatch(/^old (39|40)$/)
    const before = await inView(lane)
    const word = { author: 'ada', authorId: 'a' }
    room.publish({ ...word, draftId: 'mine', text: 'mine' })
    room.publish({ ...word, draftId: 'e', text: 'longer\n'.repeat(9), note: { kind: 'edited', seq: 61 } })
    await expect.poll(async () => (await textsIn(lane)).at(-1), TIMEOUT).toMatch(/^longer/)
    expect(await inView(lane)).toEqual(before)
    await page.setViewportSize({ width: 500, height: 700 })
    await expect.poll(() => inView(lane), TIMEOUT).toEqual(before)
  })

  test('is left by the smallest step of a touchpad, and come back to by scrolling down', async () => {
    const { room, lane } = await begin('small', 60)
    const scroll = lane.locator('.scroll')
    await scroll.evaluate((box) => box.scrollBy(0, -12))
    await expect.poll(() => lane.getByRole('log').getAttribute('aria-live'), TIMEOUT).toBe('off')
    const before = await inView(lane)
    say(room, 1, 5, 'new')
    await expect.poll(() => lane.getByRole('button', { name: '5 new' }).count(), TIMEOUT).toBe(1)
    expect(await inView(lane)).toEqual(before)
    await scroll.evaluate((box) => box.scrollTo(0, box.scrollHeight))
    await expect.poll(() => lane.getByRole('button', { name: /new$/ }).count(), TIMEOUT).toBe(0)
    say(room, 6, 6, 'new')
    await expect.poll(async () => (await textsIn(lane)).at(-1), TIMEOUT).toBe('new 6')
    const distance = () => scroll.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop)
    await expect.poll(distance, TIMEOUT).toBeLessThan(2)
  })

  test('after a reset there is nothing to be away from: the newest is in view again', async () => {
    const { page, room, lane } = await begin('reset', 60)
    await lane.locator('.scroll').evaluate((box) => (box.scrollTop = 0))
    say(room, 1, 1, 'new')
    await expect.poll(() => lane.getByRole('button', { name: '1 new' }).count(), TIMEOUT).toBe(1)
    await page.locator('traffic-generator').getByRole('button', { name: 'Reset' }).click()
    await expect.poll(() => textsIn(lane), TIMEOUT).toEqual([])
    say(room, 2, 40, 'new')
    await expect.poll(async () => (await textsIn(lane)).at(-1), TIMEOUT).toBe('new 40')
    const distance = () =>
      lane.locator('.scroll').evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop)
    await expect.poll(distance, TIMEOUT).toBeLessThan(2)
  })
})
