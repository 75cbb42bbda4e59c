/** A rush on the lab page: its lines pass through elements that are there, and no line is mixed up with another for that. */
import { expect, test } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import { inBrowser } from './browser-bench.ts'
import { laneAt, stateOf, TIMEOUT, textsIn } from './lab-page.ts'

/** How often the room gets a message, in milliseconds: fast enough for a rush, and little work for a busy machine. */
const EVERY_MS = 30
/** More than a line shows of it at once (SHOWN_CHARS). */
const LONG = 'long '.repeat(80)

inBrowser('a rush', (bench) => {
  test('puts new words into the lines that are there, in order; what can be opened stays its own', async () => {
    await bench.lab.stop()
    const hub = new Hub()
    await bench.lab.start({ hub })
    const page = await bench.open('/?room=rush&lanes=sse')
    const lane = laneAt(page, 0)
    await expect.poll(() => lane.locator('lane-state').count(), TIMEOUT).toBe(1)
    await expect.poll(() => stateOf(lane), TIMEOUT).toMatch(/: open$/)
    let sent = 0
    const say = (text: string) => hub.room('rush').publish({ draftId: text, author: 'hub', text })
    const timer = setInterval(() => say(`message ${++sent}`), EVERY_MS)
    try {
      const lines = lane.locator('.line')
      // The newest lines alone: the room has many more by then.
      await expect.poll(() => sent, TIMEOUT).toBeGreaterThan(100)
      await expect.poll(() => lines.count(), TIMEOUT).toBeLessThan(50)
      await lines.evaluateAll((all) => {
        for (const line of all) (line as HTMLElement).dataset.seen = ''
      })
      const before = await textsIn(lane)
      await expect.poll(async () => (await textsIn(lane))[0], TIMEOUT).not.toBe(before[0])
      // The first of them is there as long as the rows are, and has other words by now.
      await expect
        .poll(async () => {
          const texts = await textsIn(lane)
          const isOther = !texts.some((text) => before.includes(text))
          return isOther && (await lane.locator('.line[data-seen]').count()) > 0
        }, TIMEOUT)
        .toBe(true)
      const numbers = (await textsIn(lane)).map((text) => Number(text.replace('message ', '')))
      expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index))
      // As it is heard, a line says what it shows.
      const [label, text] = await lines
        .first()
        .evaluate((line) => [line.getAttribute('aria-label'), line.querySelector('.text')!.textContent])
      expect(label).toContain(text)

      // Without others, or it would be gone before it is looked at; the rush lasts for another second.
      clearInterval(timer)
      say(LONG)
      const long = lane.locator('.line:has(details)')
      await expect.poll(() => long.count(), TIMEOUT).toBe(1)
      expect(await long.getAttribute('data-seen')).toBeNull()
    } finally {
      clearInterval(timer)
    }
    // The rush is over: all lines are there, each its own.
    await expect.poll(() => lane.locator('.line').count(), TIMEOUT).toBeGreaterThan(50)
  })
})
