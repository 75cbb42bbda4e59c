/**
 * `npm run cluster` by its card, in a real browser, with a real nats-server and a real nginx: a server is killed, the engine's
 * leader, and the majority; and no lane loses, doubles or reorders what was written.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { find } from '../../cluster/machine/find.ts'
import { type Started, script, started } from '../../command/started.ts'
import { skipLoudly as skipProgram } from '../proxies/programs.ts'
import { violationsOn } from './axe.ts'
import { chromiumPath, launch, openPage, type WatchedPage } from './browser.ts'
import { skipLoudly } from './browser-bench.ts'
import {
  everyLane,
  figureOf,
  laneAt,
  SERVER_IS_AWAY,
  stateOf,
  TIMEOUT,
  textsIn,
  whenAllAreOpen,
  whenAllShow,
  write,
} from './lab-page.ts'

const MISSING = ['nats-server', 'nginx'].filter((program) => find(program) === null)
for (const program of MISSING) skipProgram(program, program)
if (!chromiumPath) skipLoudly('the card of a cluster')

/** Elections of three nodes on a busy machine, in milliseconds. */
const ELECTION = { timeout: 90_000, interval: 100 }

describe.runIf(MISSING.length === 0 && chromiumPath)('the card of a cluster', { timeout: 400_000 }, () => {
  let cluster: Started
  let browser: Browser
  let watched: WatchedPage
  let page: Page
  let url: string
  const said: string[] = []

  beforeAll(async () => {
    browser = await launch()
    cluster = started(script('cluster', '--port', '0'), { detached: true })
    await vi.waitUntil(() => /Ctrl-C stops all of it|cluster:/.test(cluster.said.out + cluster.said.err), {
      timeout: 240_000,
    })
    url = /http:\/\/localhost:\d+/.exec(cluster.said.out)![0]
    watched = await openPage(browser, `${url}/?room=tea`, { viewport: { width: 1440, height: 900 } })
    page = watched.page
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    cluster?.child.kill('SIGINT')
    await cluster?.ended
  })

  const row = (name: string) => page.locator(`cluster-card li[data-name="${name}"]`)
  const rows = (kind: string) => page.locator(`cluster-card ul[aria-label="${kind}"] li`)
  const press = (action: string, name: string) =>
    row(name)
      .getByRole('button', { name: `${action} ${name}` })
      .click()
  const whenIt = (name: string, status: string) =>
    expect.poll(() => row(name).getAttribute('data-status'), ELECTION).toBe(status)
  const sum = async () => (await page.locator('cluster-card [role=status]').textContent()) ?? ''
  const leader = () => page.locator('cluster-card li[data-leads=true]').getAttribute('data-name')
  const serverOf = async (at: number) =>
    (await page.locator('chat-lane').nth(at).locator('lane-server b').textContent({ timeout: 5_000 })) ?? ''

  async function say(...texts: string[]): Promise<void> {
    for (const [at, text] of texts.entries()) {
      await write(laneAt(page, at), text)
      said.push(text)
    }
  }

  /** Each lane shows all that was written, each once; none was told of a gap. */
  async function expectAllIsWell(): Promise<void> {
    await whenAllAreOpen(page)
    for (const lane of everyLane(page)) {
      await expect.poll(async () => [...(await textsIn(lane))].sort(), ELECTION).toEqual([...said].sort())
      expect(await lane.locator('.gap').count()).toBe(0)
      await expect.poll(() => lane.locator('.pending').count(), TIMEOUT).toBe(0)
      expect(await figureOf(lane, 'lost')).toBe('0')
    }
    const [first, ...others] = await Promise.all(everyLane(page).map(textsIn))
    for (const other of others) expect(other).toEqual(first)
  }

  it('says which servers and nodes there are, who leads, and at which server each lane is; axe has nothing to say', async () => {
    await whenAllAreOpen(page)
    await expect.poll(() => rows('Servers').count(), TIMEOUT).toBe(3)
    expect(await rows('Engine nodes').count()).toBe(3)
    await expect.poll(sum, ELECTION).toMatch(/^engine-\d leads\. 3 of 3 servers serve\.$/)
    await expect
      .poll(async () => (await page.locator('lane-server p').allTextContents()).join(), TIMEOUT)
      .toMatch(/^(at server-\d,?)+$/)
    await say('hello')
    await whenAllShow(page, said)
    await expect
      .poll(() => row('server-1').locator('.figures').textContent(), TIMEOUT)
      .toMatch(/^entry [1-9]/)
    expect(await violationsOn(page)).toEqual([])
    expect(watched.complaints).toEqual([]) // by them, a policy of the page would tell that it was broken
  })

  it('kills a server by the keyboard: its readers go on at another, with nothing lost and no gap, and it can be started again', async () => {
    // The one at which the lane with the longest answers is: a stream.
    const streaming = everyLane(page).length - 1
    const victim = await serverOf(streaming)
    await row(victim)
      .getByRole('button', { name: `Kill ${victim}` })
      .focus()
    await page.keyboard.press('Enter')
    await whenIt(victim, 'down')
    // Who uses the keyboard stays where they are.
    expect(
      await page.evaluate(() => document.querySelector('cluster-card')?.shadowRoot?.activeElement?.ariaLabel),
    ).toBe(`Kill ${victim}`)
    await say('one', 'two', 'three')
    await expectAllIsWell()
    await expect
      .poll(async () => (await page.locator('lane-server p').allTextContents()).join(), ELECTION)
      .not.toContain(victim)
    expect(await serverOf(streaming)).toMatch(/^server-\d$/)
    await row(victim)
      .getByRole('button', { name: `Start ${victim}` })
      .focus()
    await page.keyboard.press('Enter')
    await whenIt(victim, 'alive')
  })

  it('drains a server: its readers leave it, and it is started again in its place', async () => {
    await press('Drain', 'server-2')
    await whenIt('server-2', 'leaving')
    await expect
      .poll(async () => (await page.locator('lane-server p').allTextContents()).join(), ELECTION)
      .not.toContain('server-2')
    await say('leaving')
    await expectAllIsWell()
    await press('Start', 'server-2')
    await whenIt('server-2', 'alive')
  })

  it('freezes a server: its lanes say so, and when it goes on, so do they', async () => {
    const victim = await serverOf(everyLane(page).length - 1)
    await press('Freeze', victim)
    await whenIt(victim, 'frozen')
    await expect.poll(sum, TIMEOUT).toContain(`The front still asks ${victim}`)
    const words = async () => (await page.locator('lane-server p').allTextContents()).join()
    await expect.poll(words, TIMEOUT).toContain(`at ${victim}, which is frozen`)
    await press('Go on', victim)
    await whenIt(victim, 'alive')
    await say('after it stood still')
    await expectAllIsWell()
  })

  it('kills the leader of the engine: another leads, what was written meanwhile is stored, once', async () => {
    const before = (await leader())!
    await press('Kill', before)
    await whenIt(before, 'down')
    await say('without a leader', 'and another')
    await expect.poll(leader, ELECTION).toMatch(/^engine-\d$/)
    expect(await leader()).not.toBe(before)
    await expectAllIsWell()
  })

  it('without a majority a write is refused with a time to come back, reading goes on, and all is stored when the nodes are back', async () => {
    const left = (await leader())!
    await press('Kill', left)
    await expect.poll(sum, ELECTION).toMatch(/^No majority: 1 of 3 engine nodes answers, and 2 must\./)
    const refused = await fetch(`${url}/rooms/tea/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ draftId: 'in-vain', author: 'Ada', text: 'in vain' }),
    })
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'not-stored' }])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const read = await fetch(`${url}/rooms/tea/messages`)
    expect([read.status, ((await read.json()) as { messages: unknown[] }).messages.length]).toEqual([
      200,
      said.length,
    ])
    await say('kept by the page')
    const down = await page
      .locator('cluster-card li[data-status=down]')
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.name!))
    expect(down).toHaveLength(2)
    for (const name of down) await press('Start', name)
    await expect.poll(sum, ELECTION).toMatch(/^engine-\d leads\./)
    // What was refused may be stored all the same, and says so (docs/reference/guarantees.md).
    const again = await fetch(`${url}/rooms/tea/messages`)
    const texts = ((await again.json()) as { messages: { text: string }[] }).messages.map(({ text }) => text)
    if (texts.includes('in vain')) said.push('in vain')
    await expectAllIsWell()
    expect(watched.complaints.filter((line) => !SERVER_IS_AWAY.test(line))).toEqual([])
    expect(await stateOf(laneAt(page, 0))).toMatch(/: open$/)
  })
})
