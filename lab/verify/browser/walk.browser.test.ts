/**
 * Once through the lab page in a real browser: the part of the browser tests that `npm test` runs, so that
 * a page which does not even work is noticed there. All else about the page is in the files beside this one.
 */
import { expect, test } from 'vitest'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import {
  everyLane,
  figureOf,
  laneAt,
  PATIENCE,
  stateOf,
  textsIn,
  whenAllAreOpen,
  whenAllShow,
  write,
} from './lab-page.ts'
import { inBrowser } from './suite.ts'

inBrowser('a walk through the lab page', (stage) => {
  test('each lane opens, shows what is written in any, and misses nothing while it is disconnected', async () => {
    const page = await stage.open('/?room=walk')
    await whenAllAreOpen(page)
    const texts = TRANSPORTS.map((name) => `by ${name}`)
    for (const [index, text] of texts.entries()) await write(laneAt(page, index), text)
    await whenAllShow(page, texts)
    for (const lane of everyLane(page)) {
      await expect.poll(() => figureOf(lane, 'messages'), PATIENCE).toBe(String(texts.length))
      expect(await figureOf(lane, 'lost')).toBe('0')
      expect(Number(await figureOf(lane, 'requests'))).toBeGreaterThan(0)
    }

    const [away, here] = [laneAt(page, 1), laneAt(page, 2)]
    await away.getByRole('button', { name: /^Disconnect/ }).click()
    await expect.poll(() => stateOf(away), PATIENCE).toMatch(/: disconnected by you$/)
    const before = await textsIn(away)
    const inOrder = await textsIn(here)
    await write(here, 'one')
    await write(here, 'two')
    await expect.poll(() => textsIn(here), PATIENCE).toEqual([...inOrder, 'one', 'two'])
    expect(await textsIn(away)).toEqual(before)
    await write(away, 'three, written while away')

    await away.getByRole('button', { name: /^Reconnect/ }).click()
    await expect
      .poll(() => textsIn(away), PATIENCE)
      .toEqual([...before, 'one', 'two', 'three, written while away'])
    await expect.poll(() => figureOf(away, 'reconnects'), PATIENCE).toBe('1')
    expect([await figureOf(away, 'lost'), await figureOf(away, 'duplicates')]).toEqual(['0', '0'])
  })
})
