/** Pages that come back: out of the browser's back/forward cache, and to a group from which the reader was sent away. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { inBrowser } from './browser-bench.ts'
import {
  everyLane,
  laneAt,
  openAs,
  stateOf,
  TIMEOUT,
  whenAllAreOpen,
  whenAllShow,
  write,
} from './lab-page.ts'

/** A real event of the browser's kind: a headless browser under a debugger keeps no page in its back/forward cache. */
const turn = (page: Page, type: 'pagehide' | 'pageshow') =>
  page.evaluate((name) => void window.dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type)

const people = (page: Page): Promise<string[]> =>
  Promise.all(everyLane(page).map(async (lane) => (await lane.locator('lane-here p').innerText()).trim()))

inBrowser('a page that comes back', (bench) => {
  test('is gone while it is away, then open at once on every lane, once, with who I am asked again', async () => {
    const ada = await openAs(bench, 'Ada', 'bf')
    const bob = await openAs(bench, 'Bob', 'bf')
    const everybody = LANES.map(() => 'Here: Ada (you), Bob')
    await expect.poll(() => people(ada), TIMEOUT).toEqual(everybody)
    await turn(bob, 'pagehide')
    await expect.poll(() => people(ada), TIMEOUT).toEqual(LANES.map(() => 'Here: Ada (you)'))
    for (const lane of everyLane(bob)) expect(await stateOf(lane)).not.toMatch(/: open$/)
    await write(laneAt(ada, 0), 'while away')
    await whenAllShow(ada, ['while away'])

    const asked: string[] = []
    bob.on('request', (request) => void asked.push(new URL(request.url()).pathname))
    await turn(bob, 'pageshow')
    await whenAllAreOpen(bob)
    await expect.poll(() => people(ada), TIMEOUT).toEqual(everybody)
    // A lane that was opened twice would show it twice, or count a reader too many.
    await whenAllShow(bob, ['while away'])
    await expect.poll(() => people(bob), TIMEOUT).toEqual(LANES.map(() => 'Here: Ada, Bob (you)'))
    expect(asked).toContain('/session')
    expect(await bob.locator('chat-lane').count()).toBe(LANES.length)
  })

  test('finds a group that it has lost closed, on every lane, with a way out', async () => {
    bench.expectInConsole(/status of 404|Unexpected response code: 404/)
    const host = await openAs(bench, 'Hal', 'lobby')
    const made = await host.request.post(`${bench.lab.url}/rooms`, { data: { kind: 'group', title: 'Trip' } })
    const { name: room } = (await made.json()) as { readonly name: string }
    const member = `${bench.lab.url}/rooms/${room}/members/Gus`
    const gus = await openAs(bench, 'Gus', 'lobby')
    await host.request.put(member, { data: { role: 'invited' } })
    await gus.request.post(`${bench.lab.url}/rooms/${room}/join`)
    await gus.goto(`${bench.lab.url}/?room=${room}`)
    await whenAllAreOpen(gus)
    await turn(gus, 'pagehide')
    expect((await host.request.delete(member)).ok()).toBe(true)
    await turn(gus, 'pageshow')
    for (const lane of everyLane(gus)) await expect.poll(() => stateOf(lane), TIMEOUT).toMatch(/: closed/)
    await gus.getByRole('button', { name: 'Go to the lobby' }).click(TIMEOUT)
    await whenAllAreOpen(gus)
  })
})
