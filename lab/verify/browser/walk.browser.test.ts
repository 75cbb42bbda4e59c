/**
 * Once through the lab page in a real browser: the part of the browser tests that `npm test` runs, so that
 * a page which does not even work is noticed there. All else about the page is in the files beside this one.
 */
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { inBrowser } from './browser-bench.ts'
import {
  everyLane,
  figureOf,
  laneAt,
  stateOf,
  TIMEOUT,
  textsIn,
  whenAllAreOpen,
  whenAllShow,
  write,
} from './lab-page.ts'

inBrowser('a walk through the lab page', (bench) => {
  test('each lane opens, shows what is written in any, and misses nothing while it is disconnected', async () => {
    const page = await bench.open('/?room=walk')
    await whenAllAreOpen(page)
    const texts = LANES.map((name) => `by ${name}`)
    for (const [index, text] of texts.entries()) await write(laneAt(page, index), text)
    await whenAllShow(page, texts)
    for (const lane of everyLane(page)) {
      await expect.poll(() => figureOf(lane, 'messages'), TIMEOUT).toBe(String(texts.length))
      expect(await figureOf(lane, 'lost')).toBe('0')
      expect(Number(await figureOf(lane, 'requests'))).toBeGreaterThan(0)
    }

    const [away, here] = [laneAt(page, 'long-polling'), laneAt(page, 'sse')]
    await away.getByRole('button', { name: /^Disconnect/ }).click()
    await expect.poll(() => stateOf(away), TIMEOUT).toMatch(/: disconnected by you$/)
    const before = await textsIn(away)
    const inOrder = await textsIn(here)
    await write(here, 'one')
    await write(here, 'two')
    await expect.poll(() => textsIn(here), TIMEOUT).toEqual([...inOrder, 'one', 'two'])
    expect(await textsIn(away)).toEqual(before)
    await write(away, 'three, written while away')

    await away.getByRole('button', { name: /^Reconnect/ }).click()
    await expect
      .poll(() => textsIn(away), TIMEOUT)
      .toEqual([...before, 'one', 'two', 'three, written while away'])
    await expect.poll(() => figureOf(away, 'reconnects'), TIMEOUT).toBe('1')
    expect([await figureOf(away, 'lost'), await figureOf(away, 'duplicates')]).toEqual(['0', '0'])
  })
})
