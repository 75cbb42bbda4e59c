/**
 * Who I am, and what I have written, when something happens beside the page: in another tab, on the server, in another
 * room, on the way.
 */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { inBrowser } from './browser-bench.ts'
import { everyLane, laneAt, SERVER_IS_AWAY, TIMEOUT, whenAllAreOpen, whenAllShow, write } from './lab-page.ts'

const who = async (page: Page) => (await page.locator('person-panel .who').textContent()) ?? ''
const boxOf = (page: Page, index: number | TransportName) => laneAt(page, index).locator('textarea')
const noteOf = async (page: Page, index: number | TransportName) =>
  (await laneAt(page, index).locator('#note').textContent())?.replace(/\s+/g, ' ').trim()
const press = (page: Page, name: string) =>
  page.locator('person-panel').getByRole('button', { name, exact: true }).click()

async function hold(page: Page): Promise<void> {
  await press(page, 'Hold this name')
  await expect.poll(() => who(page), TIMEOUT).toMatch(/You are .*as a guest/)
  await whenAllAreOpen(page)
}

/** Goes to another room as a person does: by the box above the lanes. */
async function goTo(page: Page, room: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Room' }).fill(room)
  await page.getByRole('textbox', { name: 'Room' }).press('Enter')
  await whenAllAreOpen(page)
}

/** Opens what can be done to a line of a lane, and does it. */
async function change(page: Page, index: number | TransportName, name: string): Promise<void> {
  await laneAt(page, index)
    .getByRole('button', { name: /^Change / })
    .last()
    .click()
  await laneAt(page, index).getByRole('button', { name, exact: true }).click()
}

inBrowser('who I am, whatever happens beside the page', (bench) => {
  test('a name that is held in one tab is held in the other, on every lane', async () => {
    const first = await bench.open('/?room=two&name=Hedy')
    await whenAllAreOpen(first)
    const second = await first.context().newPage()
    // What is parked while it opens hangs up, and Chromium says so.
    bench.expectInConsole(/WebSocket is closed before the connection is established/)
    await second.goto(`${bench.lab.url}/?room=two-b&name=Hedy`)
    await press(second, 'Hold this name')
    await expect.poll(() => who(first), TIMEOUT).toContain('You are Hedy')
    await second.close() // the two together would hold all of the browser's six connections, so this one was parked
    await whenAllAreOpen(first)
    for (const [index] of LANES.entries()) await write(laneAt(first, index), `by lane ${index}`)
    await whenAllShow(
      first,
      LANES.map((_, index) => `by lane ${index}`),
    )
    expect(await laneAt(first, 'short-polling').locator('.unsigned').count()).toBe(0)
  })

  test('a server that has forgotten me is believed, and nothing of mine is said unsigned', async () => {
    const page = await bench.open('/?room=forgotten&name=Greta')
    await whenAllAreOpen(page)
    await hold(page)
    // A lane that is back before the page has asked who it is hears it from the server.
    bench.expectInConsole(new RegExp(`${SERVER_IS_AWAY.source}|status of 401`))
    await bench.lab.stop()
    for (const [index] of LANES.entries()) await write(laneAt(page, index), `as Greta ${index}`)
    await bench.lab.start()
    await expect.poll(() => who(page), TIMEOUT).toContain('You write unsigned')
    await whenAllAreOpen(page)
    for (const [index] of LANES.entries()) {
      await expect.poll(() => boxOf(page, index).inputValue(), TIMEOUT).toBe(`as Greta ${index}`)
      await expect
        .poll(() => noteOf(page, index), TIMEOUT)
        // By the page, or by the server, whichever has found out first.
        .toMatch(/^Not accepted: (?:this was written as Greta, who is no longer|the session has ended)/)
      await expect.poll(() => laneAt(page, index).locator('.line').count(), TIMEOUT).toBe(0)
    }
  })

  test('a browser that keeps no cookie is told so, and the name stays free to be written under', async () => {
    const page = await bench.open('/?room=cookie&name=Nora')
    await whenAllAreOpen(page)
    await page.route(
      (url) => url.pathname === '/session',
      async (route) => {
        const response = await route.fetch()
        const headers = { ...response.headers() }
        delete headers['set-cookie']
        // The interception itself keeps cookies, which a browser that keeps none does not.
        await page.context().clearCookies()
        await route.fulfill({ response, headers })
      },
    )
    await press(page, 'Hold this name')
    await expect
      .poll(() => page.locator('person-panel .problem').textContent(), TIMEOUT)
      .toMatch(/keeps no cookie/)
    expect(await who(page)).toContain('You write unsigned as Nora')
    for (const [index] of LANES.entries()) await write(laneAt(page, index), `still Nora ${index}`)
    await whenAllShow(
      page,
      LANES.map((_, index) => `still Nora ${index}`),
    )
  })

  test('a question that is not answered is asked again, and until then nothing is said to be mine', async () => {
    const page = await bench.open('/?room=unanswered&name=Ines')
    await whenAllAreOpen(page)
    await hold(page)
    bench.expectInConsole(/status of 503/)
    await page.route('**/session', (route) => route.fulfill({ status: 503, body: 'a proxy' }))
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await expect.poll(() => who(page), TIMEOUT).toContain('You were Ines')
    await page.unroute('**/session')
    await expect.poll(() => who(page), TIMEOUT).toContain('You are Ines')
  })
})

inBrowser('what was written', (bench) => {
  test('drafts and unsent messages stay with their room, and are said there as the one who wrote them', async () => {
    const page = await bench.open('/?room=here&name=Ida')
    await whenAllAreOpen(page)
    await boxOf(page, 1).fill('a draft')
    await page.route('**/rooms/here/messages', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    )
    bench.expectInConsole(/net::ERR_FAILED/)
    await write(laneAt(page, 'short-polling'), 'not sent yet')
    await expect.poll(() => laneAt(page, 'short-polling').locator('.pending').count(), TIMEOUT).toBe(1)
    await goTo(page, 'there')
    await expect.poll(() => boxOf(page, 1).inputValue(), TIMEOUT).toBe('')
    await expect.poll(() => laneAt(page, 'short-polling').locator('.pending').count(), TIMEOUT).toBe(0)
    await goTo(page, 'here')
    await expect.poll(() => boxOf(page, 1).inputValue(), TIMEOUT).toBe('a draft')
    await expect
      .poll(() => laneAt(page, 'short-polling').locator('.pending').allTextContents(), TIMEOUT)
      .toEqual([expect.stringContaining('not sent yet')])

    await goTo(page, 'there')
    const reader = await bench.open('/?room=here')
    await page.unroute('**/rooms/here/messages')
    await whenAllShow(reader, ['not sent yet'])
    expect(await laneAt(reader, 'short-polling').locator('.author').textContent()).toBe('Ida')
    await goTo(page, 'here')
    await whenAllShow(page, ['not sent yet'])
    await expect.poll(() => laneAt(page, 'short-polling').locator('.pending').count(), TIMEOUT).toBe(0)
  })

  test('an edit whose message is removed meanwhile is not lost, and neither is the draft before it', async () => {
    const page = await bench.open('/?room=edits&name=Edda')
    await whenAllAreOpen(page)
    await hold(page)
    await write(laneAt(page, 'short-polling'), 'old words')
    await whenAllShow(page, ['old words'])
    await boxOf(page, 'websocket').fill('a draft')
    await change(page, 'websocket', 'Edit')
    await expect.poll(() => boxOf(page, 'websocket').inputValue(), TIMEOUT).toBe('old words')
    await boxOf(page, 'websocket').fill('new words')
    await change(page, 1, 'Remove for everybody')
    await expect.poll(() => noteOf(page, 'websocket'), TIMEOUT).toMatch(/Edda has removed it meanwhile/)
    await boxOf(page, 'websocket').press('Enter')
    await expect.poll(() => boxOf(page, 'websocket').inputValue(), TIMEOUT).toBe('a draft')
    const kept = laneAt(page, 'websocket').locator('lane-kept li')
    await expect.poll(() => kept.locator('.text').textContent(), TIMEOUT).toBe('new words')
    expect(await kept.locator('.refused').textContent()).toMatch(/Not accepted: there is no message/)
    await kept.getByRole('button', { name: 'Take up “new words”' }).click()
    expect(await boxOf(page, 'websocket').inputValue()).toBe('new words')
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('chat-lane')
    await expect.poll(() => kept.locator('.text').textContent(), TIMEOUT).toBe('a draft')
  })

  test('an edit that is too large says so, and stands in the box as it was written', async () => {
    const page = await bench.open('/?room=large&name=Lars')
    await whenAllAreOpen(page)
    await hold(page)
    bench.expectInConsole(/status of 413/)
    await write(laneAt(page, 'short-polling'), 'small')
    await whenAllShow(page, ['small'])
    for (const [index, lane] of everyLane(page).entries()) {
      await change(page, index, 'Edit')
      const large = '茶'.repeat(22_000) // 66,000 bytes
      await lane.locator('textarea').fill(large)
      await lane.locator('textarea').press('Enter')
      await expect.poll(() => noteOf(page, index), TIMEOUT).toMatch(/^Not accepted: text must be at most/)
      expect((await lane.locator('textarea').inputValue()) === large, `lane ${index}`).toBe(true)
    }
  })

  test('files go where they were dropped, though another room is looked at by then', async () => {
    const page = await bench.open('/?room=drop&name=Fay')
    await whenAllAreOpen(page)
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/rooms/*/files?*', async (route) => {
      await held
      await route.continue()
    })
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer()
      for (const name of ['a.txt', 'b.txt', 'c.txt']) {
        dataTransfer.items.add(new File([name], name, { type: 'text/plain' }))
      }
      document.querySelector('.lanes')?.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }))
    })
    await goTo(page, 'elsewhere')
    await page.getByRole('textbox', { name: 'Your name' }).fill('Another User')
    await page.getByRole('textbox', { name: 'Your name' }).press('Enter')
    release()
    const reader = await bench.open('/?room=drop')
    const names = laneAt(reader, 'short-polling').locator('.file')
    await expect.poll(() => names.allTextContents(), TIMEOUT).toEqual(['a.txt', 'b.txt', 'c.txt'])
    const authors = await laneAt(reader, 'short-polling').locator('.author').allTextContents()
    expect(new Set(authors)).toEqual(new Set(['Fay']))
    expect(await laneAt(page, 'short-polling').locator('.line').count()).toBe(0)
  })
})
