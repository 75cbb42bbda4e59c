/** Who I am, on the page: a guest by one click, a member by a passphrase, and what others see of it. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { inBrowser } from './browser-bench.ts'
import {
  everyLane,
  figureOf,
  laneAt,
  stateOf,
  TIMEOUT,
  whenAllAreOpen,
  whenAllShow,
  write,
} from './lab-page.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PASSPHRASE = 'four words and a bird'
const ANOTHER = 'a bird and four words'

const who = (page: Page) => page.locator('person-panel .who')
const button = (page: Page, name: string) =>
  page.locator('person-panel').getByRole('button', { name, exact: true })
const nameField = (page: Page) => page.getByRole('textbox', { name: 'Your name' })
/** Who said what, as the lane shows it: with the mark, for a reader who sees no colours. */
const linesIn = async (page: Page, index: number) =>
  (await laneAt(page, index).locator('.line:not(.pending)').all()).length === 0
    ? []
    : laneAt(page, index)
        .locator('.line:not(.pending)')
        .evaluateAll((lines) =>
          lines.map((line) =>
            ['.who', '.text']
              .map((part) => line.querySelector(part)?.textContent?.replace(/\s+/g, ' ').trim())
              .join(': '),
          ),
        )

async function hold(page: Page, name: string): Promise<void> {
  await nameField(page).fill(name)
  await nameField(page).press('Enter')
  await expect.poll(() => who(page).textContent(), TIMEOUT).toContain(name)
  await button(page, 'Hold this name').click()
  await expect.poll(() => who(page).textContent(), TIMEOUT).toMatch(/You are .*as a guest/)
}

/** A client asks again when its session has ended, and the page, which hears of that too, begins a new one meanwhile. */
const CUT_SHORT = /WebSocket is closed before the connection is established/

inBrowser('who I am, on the lab page', (bench) => {
  test('a visitor has no name at first, becomes a guest by one click, and each lane says which is which', async () => {
    const page = await bench.open('/?room=who')
    await whenAllAreOpen(page)
    expect(await who(page).textContent()).toMatch(/You write unsigned as \S+ \S+: anybody could/)
    await hold(page, 'Ada')
    await whenAllAreOpen(page)
    for (const lane of everyLane(page)) {
      await expect.poll(() => figureOf(lane, 'reconnects'), TIMEOUT).toBe('1') // reopened, as Ada
    }
    for (const [index, name] of LANES.entries()) await write(laneAt(page, index), `by ${name}`)
    await whenAllShow(
      page,
      LANES.map((name) => `by ${name}`),
    )
    for (const [index] of LANES.entries()) {
      for (const line of await linesIn(page, index)) expect(line).toMatch(/^Ada: by /)
    }
    await page.getByRole('button', { name: 'Step' }).click()
    await expect.poll(async () => (await linesIn(page, 0)).at(-1), TIMEOUT).toMatch(/^traffic: /)

    const other = await bench.open('/?room=who&name=Bob')
    await whenAllAreOpen(other)
    await write(laneAt(other, 'short-polling'), 'I am not signed in')
    for (const [index] of LANES.entries()) {
      await expect
        .poll(async () => (await linesIn(page, index)).at(-1), TIMEOUT)
        .toBe('Bob unsigned: I am not signed in')
    }
  })

  test('is still who it was after a reload, without another connection than a lane needs', async () => {
    const page = await bench.open('/?room=reload')
    await whenAllAreOpen(page)
    await hold(page, 'Reloader')
    await page.reload()
    await whenAllAreOpen(page)
    await expect.poll(() => who(page).textContent(), TIMEOUT).toContain('You are Reloader')
    expect(await nameField(page).inputValue()).toBe('Reloader')
    for (const lane of everyLane(page)) expect(await figureOf(lane, 'reconnects')).toBe('0')
    await write(laneAt(page, 'websocket'), 'still me')
    await expect.poll(() => linesIn(page, 1), TIMEOUT).toEqual(['Reloader: still me'])
  })

  test('a name that is taken is refused where it was typed, with one that is free', async () => {
    const [one, two] = [await bench.open('/?room=taken'), await bench.open('/?room=taken')]
    await whenAllAreOpen(one)
    await whenAllAreOpen(two)
    await hold(one, 'Emmy')
    bench.expectInConsole(/status of 409/)
    await nameField(two).fill('emmy')
    await nameField(two).press('Enter')
    await write(laneAt(two, 'short-polling'), 'it is me')
    await expect
      .poll(() => laneAt(two, 'short-polling').locator('#note').textContent(), TIMEOUT)
      .toMatch(/^Not accepted: the name emmy is taken/)
    await button(two, 'Hold this name').click()
    await expect
      .poll(() => two.locator('person-panel .problem').textContent(), TIMEOUT)
      .toBe('The name emmy is taken; emmy 2 is free.')
    await hold(two, 'emmy 2')
    await nameField(two).fill('EMMY')
    await nameField(two).press('Enter')
    await expect
      .poll(() => two.locator('#wrong-name').textContent(), TIMEOUT)
      .toBe('The name EMMY is taken; EMMY 3 is free. You are still emmy 2.')
    // And a free one is taken, in all lanes, without a word more.
    await nameField(two).fill('Noether')
    await nameField(two).press('Enter')
    await expect.poll(() => who(two).textContent(), TIMEOUT).toContain('You are Noether')
  })

  test('a guest becomes a member, signs out, and signs in again; every lane follows', async () => {
    const page = await bench.open('/?room=member')
    await whenAllAreOpen(page)
    await hold(page, 'Grace')
    await write(laneAt(page, 'sse'), 'as a guest')
    await button(page, 'Make it mine').click()
    await page.getByLabel('A passphrase for Grace').fill(PASSPHRASE)
    await page.locator('person-panel form').getByRole('button', { name: 'Set the passphrase' }).click()
    await expect.poll(() => who(page).textContent(), TIMEOUT).toContain('You are Grace, as a member')
    expect(await nameField(page).getAttribute('readonly')).not.toBeNull()

    await button(page, 'Sign out').click()
    await expect.poll(() => who(page).textContent(), TIMEOUT).toContain('You write unsigned')
    await whenAllAreOpen(page)
    bench.expectInConsole(/status of 401/)
    await button(page, 'Sign in or up').click()
    const form = page.locator('person-panel form')
    await form.getByLabel('Name').fill('grace')
    await form.getByLabel('Passphrase').fill('not this one')
    await form.getByLabel('Passphrase').press('Enter')
    await expect
      .poll(() => page.locator('person-panel .problem').textContent(), TIMEOUT)
      .toBe('There is no such name with this passphrase.')
    await form.getByLabel('Passphrase').fill(PASSPHRASE)
    await form.getByLabel('Passphrase').press('Enter')
    await expect.poll(() => who(page).textContent(), TIMEOUT).toContain('You are Grace, as a member')
    await whenAllAreOpen(page)
    for (const [index] of LANES.entries()) await write(laneAt(page, index), `member ${index}`)
    const texts = ['as a guest', ...LANES.map((_, index) => `member ${index}`)]
    await whenAllShow(page, texts)
    expect((await linesIn(page, 0)).every((line) => line.startsWith('Grace: '))).toBe(true)
  })

  test('a session that is ended in another tab leaves no lane behind', async () => {
    const page = await bench.open('/?room=tabs')
    await whenAllAreOpen(page)
    await hold(page, 'Tabitha')
    await whenAllAreOpen(page)
    const second = await page.context().newPage()
    await second.goto(`${bench.lab.url}/?room=tabs-2`)
    await expect.poll(() => who(second).textContent(), TIMEOUT).toContain('You are Tabitha')
    bench.expectInConsole(CUT_SHORT)
    await button(second, 'Sign out').click()
    await expect.poll(() => who(page).textContent(), TIMEOUT).toContain('You write unsigned')
    await second.close() // as the tab that was used last it holds the six connections
    await whenAllAreOpen(page)
    await write(laneAt(page, 'websocket'), 'as a visitor')
    for (const lane of everyLane(page)) {
      await expect.poll(() => stateOf(lane), TIMEOUT).toMatch(/: open$/)
      await expect.poll(() => lane.locator('.unsigned').count(), TIMEOUT).toBe(1)
    }
  })

  test('a passphrase is changed, and the other browser of the same person is signed out', async () => {
    const page = await bench.open('/?room=changed')
    await whenAllAreOpen(page)
    await hold(page, 'Lovelace')
    await button(page, 'Make it mine').click()
    await page.getByLabel('A passphrase for Lovelace').fill(PASSPHRASE)
    await page.keyboard.press('Enter')
    await expect.poll(() => who(page).textContent(), TIMEOUT).toContain('as a member')
    const other = await bench.open('/?room=changed-2')
    await whenAllAreOpen(other)
    await button(other, 'Sign in or up').click()
    await other.getByLabel('Name', { exact: true }).fill('Lovelace')
    await other.getByLabel('Passphrase').fill(PASSPHRASE)
    await button(other, 'Sign in').click()
    await expect.poll(() => who(other).textContent(), TIMEOUT).toContain('You are Lovelace')

    await button(page, 'Change passphrase').click()
    bench.expectInConsole(new RegExp(`status of 401|${CUT_SHORT.source}`))
    await page.getByLabel('Passphrase so far').fill('not the one that it is')
    await page.getByLabel('New passphrase').fill(ANOTHER)
    await page.keyboard.press('Enter')
    const problem = page.locator('person-panel .problem')
    await expect.poll(() => problem.textContent(), TIMEOUT).toMatch(/The passphrase so far is another/)
    expect(await page.getByLabel('New passphrase').inputValue()).toBe(ANOTHER)
    await page.getByLabel('Passphrase so far').fill(PASSPHRASE)
    await button(page, 'Change it').click()
    await expect.poll(() => page.getByLabel('New passphrase').count(), TIMEOUT).toBe(0)

    await expect.poll(() => who(other).textContent(), TIMEOUT).toContain('You write unsigned')
    expect(await who(page).textContent()).toContain('You are Lovelace')
    await whenAllAreOpen(page)
    await write(laneAt(page, 'long-polling'), 'still here')
    await expect.poll(() => linesIn(page, 3), TIMEOUT).toEqual(['Lovelace: still here'])
  })

  test('a token is made, shown once, and taken back', async () => {
    const page = await bench.open('/?room=tokens')
    await whenAllAreOpen(page)
    await hold(page, 'Tok')
    await button(page, 'Tokens').click()
    const tokens = page.locator('person-tokens')
    await expect.poll(() => tokens.getByText('You have given none').count(), TIMEOUT).toBe(1)
    await tokens.getByLabel('For which program?').fill('a bot')
    await tokens.getByLabel('Only in this room').fill('tokens')
    await tokens.getByRole('button', { name: 'Make a token' }).click()
    await expect.poll(() => tokens.locator('code').textContent(), TIMEOUT).toMatch(/^lab_[\w-]{43}$/)
    const token = await tokens.locator('code').textContent()
    await expect
      .poll(() => tokens.locator('li').textContent(), TIMEOUT)
      .toContain('a bot may write in tokens')
    const post = () =>
      fetch(`${bench.lab.url}/rooms/tokens/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ draftId: `${Math.random()}`, text: 'from a program' }),
      })
    expect((await post()).status).toBe(201)
    await expect.poll(() => linesIn(page, 2), TIMEOUT).toEqual(['Tok: from a program'])
    await button(page, 'Tokens').click()
    await button(page, 'Tokens').click()
    await expect.poll(() => tokens.locator('li').count(), TIMEOUT).toBe(1)
    expect(await tokens.locator('code').count()).toBe(0)
    await tokens.getByRole('button', { name: 'Take back a bot' }).click()
    await expect.poll(() => tokens.locator('li').count(), TIMEOUT).toBe(0)
    expect((await post()).status).toBe(401)
  })

  test('a server that takes nothing unsigned says so in the lanes and of the traffic, until one signs in', async () => {
    await bench.lab.stop()
    await bench.lab.start({ signIn: true })
    try {
      const page = await bench.open('/?room=strict')
      await whenAllAreOpen(page)
      bench.expectInConsole(/status of 401/)
      await write(laneAt(page, 'websocket'), 'may I?')
      await expect
        .poll(() => laneAt(page, 'websocket').locator('#note').textContent(), TIMEOUT)
        .toMatch(/^Not accepted: sign in first/)
      await page.getByRole('button', { name: 'Start traffic' }).click()
      await expect
        .poll(() => page.locator('traffic-generator .unwanted').textContent(), TIMEOUT)
        .toContain('takes nothing unsigned')
      await expect.poll(() => page.getByRole('button', { name: 'Start traffic' }).count(), TIMEOUT).toBe(1)
      await hold(page, 'Stricter')
      await whenAllAreOpen(page)
      await laneAt(page, 'websocket').getByRole('textbox').fill('')
      await write(laneAt(page, 'websocket'), 'now I may')
      await expect.poll(() => linesIn(page, 0), TIMEOUT).toEqual(['Stricter: now I may'])
      await page.close() // before its server: a poll that is told of the stop is a line in the console
    } finally {
      await bench.lab.stop()
      await bench.lab.start()
    }
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1440]) {
      test(`axe finds nothing in any part of the panel: ${colorScheme}, ${width} px`, async () => {
        const page = await bench.open(`/?room=panel-${colorScheme}-${width}`, {
          colorScheme,
          viewport: { width, height: 900 },
        })
        await whenAllAreOpen(page)
        await page.evaluate(axe)
        const look = async (at: string) => {
          const { violations } = (await page.evaluate('axe.run("person-panel")')) as AxeResults
          expect(
            violations.map(({ id, nodes }) => [id, nodes.map(({ failureSummary }) => failureSummary)]),
            at,
          ).toEqual([])
          expect(await page.evaluate(() => document.documentElement.scrollWidth), at).toBeLessThanOrEqual(
            width,
          )
        }
        await look('a visitor without a name')
        await button(page, 'Sign in or up').click()
        await look('the form to sign in')
        await hold(page, `A name as long as ${colorScheme} ${width} can be without being too long`)
        await look('a guest')
        for (const section of ['Make it mine', 'Tokens']) {
          await button(page, section).click()
          expect(await button(page, section).getAttribute('aria-expanded')).toBe('true')
          await look(section)
        }
        await page.locator('person-tokens').getByLabel('For which program?').fill('x'.repeat(64))
        await page.keyboard.press('Enter')
        await expect.poll(() => page.locator('person-tokens code').count(), TIMEOUT).toBe(1)
        await look('a token')
        await button(page, 'Make it mine').click()
        await page.getByLabel(/^A passphrase for/).fill(PASSPHRASE)
        await page.keyboard.press('Enter')
        await button(page, 'Change passphrase').click()
        await look('another passphrase')
      })
    }
  }

  test('all of it works by keyboard', async () => {
    const page = await bench.open('/?room=keys')
    await whenAllAreOpen(page)
    await nameField(page).fill('Keys')
    await page.keyboard.press('Enter')
    // Room, Colours, and what else stands in the bar: a handful of steps, and no search.
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = document
        return (activeElement?.shadowRoot?.activeElement ?? activeElement)?.textContent?.trim()
      })
    for (let steps = 0; steps < 8 && (await focused()) !== 'Hold this name'; steps++)
      await page.keyboard.press('Tab')
    expect(await focused()).toBe('Hold this name')
    await page.keyboard.press('Enter')
    await expect.poll(() => who(page).textContent(), TIMEOUT).toContain('You are Keys')
    await button(page, 'Make it mine').focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('A passphrase for Keys').focus()
    await page.keyboard.insertText(PASSPHRASE)
    await page.keyboard.press('Enter')
    await expect.poll(() => who(page).textContent(), TIMEOUT).toContain('as a member')
  })
})
