/** Who is here, on the lab page: two people, each on every transport at once. */
import type { BrowserContextOptions, Page, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { inBrowser } from './browser-bench.ts'
import { everyLane, laneAt, TIMEOUT, whenAllAreOpen, whenAllShow } from './lab-page.ts'

/** What each lane says of who is here. */
const heres = (page: Page): Promise<string[]> =>
  Promise.all(
    everyLane(page).map(async (lane) =>
      (await lane.locator('lane-here p').innerText()).replace(/\s+/g, ' ').trim(),
    ),
  )
const expectInAll = (page: Page, text: string) =>
  expect.poll(() => heres(page), TIMEOUT).toEqual(LANES.map(() => text))

inBrowser('who is here', (bench) => {
  /** A user with a page of their own, who has signed in as a guest before it opens. */
  async function come(name: string, room: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await bench.open('/?room=outside', options)
    const session = await page.request.post(new URL('/session', bench.lab.url).href, { data: { name } })
    expect(session.status()).toBe(201)
    await page.goto(new URL(`/?room=${room}&name=${name}`, bench.lab.url).href)
    await whenAllAreOpen(page)
    return page
  }

  test('each lane tells who has come, who types, and who has gone with the tab', async () => {
    const ada = await come('Ada', 'here')
    await expectInAll(ada, 'Here: Ada (you)')
    const bob = await come('Bob', 'here')
    await expectInAll(ada, 'Here: Ada (you), Bob')
    await expectInAll(bob, 'Here: Ada, Bob (you)')

    const texts: string[] = []
    for (const lane of everyLane(bob)) {
      const box = lane.getByRole('textbox')
      await box.focus()
      await expect
        .poll(async () => {
          await bob.keyboard.press('x') // types on until it has been seen, however busy this machine is
          return heres(ada)
        }, TIMEOUT)
        .toEqual(LANES.map(() => 'Here: Ada (you), Bob · Bob is typing…'))
      expect(await heres(bob), 'what Bob is told of himself').toEqual(LANES.map(() => 'Here: Ada, Bob (you)'))
      texts.push(await box.inputValue())
      await bob.keyboard.press('Enter')
      await expectInAll(ada, 'Here: Ada (you), Bob')
    }
    await whenAllShow(ada, texts)

    await bob.close()
    await expectInAll(ada, 'Here: Ada (you)')
  })

  test('a visitor who has not signed in is counted, a lane at a time, and never named; and is no stranger to the own page', async () => {
    const page = await bench.open('/?room=visitors')
    await whenAllAreOpen(page)
    await expectInAll(page, `Here: you (${LANES.length} lanes)`)
    await laneAt(page, 'short-polling')
      .getByRole('button', { name: /^Disconnect/ })
      .click()
    await expect
      .poll(async () => (await heres(page)).slice(1), TIMEOUT)
      .toEqual(LANES.slice(1).map(() => `Here: you (${LANES.length - 1} lanes)`))
    expect((await heres(page))[0]).toBe('')
    const other = await bench.open('/?room=visitors')
    await whenAllAreOpen(other)
    const both = `Here: you (${LANES.length} lanes), ${LANES.length - 1} unsigned readers`
    await expectInAll(other, both)
  })

  test('a lane of the own page is no stranger to the others, though they hear of it before it does', async () => {
    const page = await bench.open('about:blank')
    let letThrough = () => {}
    const wait = new Promise<void>((resolve) => (letThrough = resolve))
    const hold = async (route: Route) => {
      const response = await route.fetch()
      await wait
      await route.fulfill({ response })
    }
    await page.route(/long-polling\/rooms\/overtaken\/messages/, hold, { times: 1 })
    await page.goto(new URL('/?room=overtaken', bench.lab.url).href)
    const before = `Here: you (${LANES.length - 1} lanes), 1 unsigned reader`
    const late = LANES.indexOf('long-polling')
    const others = async () => (await heres(page)).toSpliced(late, 1)
    await expect.poll(others, TIMEOUT).toEqual(LANES.slice(1).map(() => before))
    letThrough()
    await expectInAll(page, `Here: you (${LANES.length} lanes)`)
  })

  test('a page that is left says goodbye, and one that the browser brings back is here again', async () => {
    const ada = await come('Cy', 'left')
    const bob = await come('Di', 'left')
    await expectInAll(ada, 'Here: Cy (you), Di')
    await bob.goto(new URL('/?room=elsewhere', bench.lab.url).href)
    await expectInAll(ada, 'Here: Cy (you)')
    await bob.goBack()
    await whenAllAreOpen(bob)
    await expectInAll(ada, 'Here: Cy (you), Di')
  })

  test('is read out by a screen reader in the lane that has the focus, when it has settled', async () => {
    const ada = await come('Eve', 'spoken')
    await expectInAll(ada, 'Here: Eve (you)')
    const spoken = (index: number) => laneAt(ada, index).locator('lane-here [role=status]').textContent()
    expect(await spoken(1)).toBe('')
    await laneAt(ada, 'long-polling').getByRole('textbox').focus()
    await come('Flo', 'spoken')
    await expect.poll(() => spoken(1), TIMEOUT).toMatch(/^In .*: Eve \(you\), Flo$/)
    expect(await spoken(0)).toBe('')
  })
})
