/** Answers that come late: they do not move a reader who has gone elsewhere, and close nothing that was opened since. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type BrowserBench, inBrowser } from './browser-bench.ts'
import { openAs, TIMEOUT, whenAllAreOpen } from './lab-page.ts'

/** Asks the lab as another person, who has no page. The cookie is kept by the caller. */
async function ask(bench: BrowserBench, method: string, path: string, body: object, cookie = '') {
  const response = await fetch(new URL(path, bench.lab.url), {
    method,
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  })
  expect(response.status, `${method} ${path}`).toBeLessThan(300)
  return response
}

/** @returns the name of a group to which that person is invited by another one */
async function inviteTo(bench: BrowserBench, title: string, name: string): Promise<string> {
  const session = await ask(bench, 'POST', '/session', { name: `Host of ${title}` })
  const cookie = session.headers.getSetCookie()[0]!.split(';')[0]!
  const made = await ask(bench, 'POST', '/rooms', { kind: 'group', title }, cookie)
  const { name: room } = (await made.json()) as { readonly name: string }
  const member = `/rooms/${room}/members/${encodeURIComponent(name)}`
  await ask(bench, 'PUT', member, { role: 'invited' }, cookie)
  return room
}

/** Requests that match wait until they are released; their answers are then whole and right. */
async function holdBack(page: Page, pattern: string | RegExp) {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const seen: string[] = []
  await page.route(pattern, async (route) => {
    seen.push(route.request().method())
    await released
    await route.continue()
  })
  return { release: () => release(), seen }
}

const roomOf = (page: Page) => page.getByRole('textbox', { name: 'Room', exact: true }).inputValue()

async function goTo(page: Page, room: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Room', exact: true }).fill(room)
  await page.getByRole('textbox', { name: 'Room', exact: true }).press('Enter')
}

inBrowser('an answer that comes late', (bench) => {
  test.each([
    ['of the notice', false],
    ['in the list of rooms', true],
  ])('leaves a reader where they have gone after pressing Join %s', async (where, isListed) => {
    const name = `Bea ${where}`
    const page = await openAs(bench, name, 'start')
    if (isListed) await page.getByRole('button', { name: /^Rooms…/ }).click()
    const room = await inviteTo(bench, `Picnic ${where}`, name)
    const { release, seen } = await holdBack(page, '**/join')
    await page.getByRole('button', { name: `Join Picnic ${where}` }).click(TIMEOUT)
    await expect.poll(() => seen, TIMEOUT).toEqual(['POST'])
    await goTo(page, 'elsewhere')
    const joined = page.waitForResponse('**/join')
    release()
    await (await joined).finished()
    await whenAllAreOpen(page)
    // The page has heard of it when its list has the room as one's own: the answer has been dealt with by then.
    if (!isListed) await page.getByRole('button', { name: /^Rooms…/ }).click()
    const entry = page.locator('room-panel').getByRole('button', { name: `Picnic ${where}`, exact: true })
    await expect.poll(() => entry.count(), TIMEOUT).toBe(1)
    expect(await roomOf(page)).toBe('elsewhere')
    await entry.click()
    await expect.poll(() => roomOf(page), TIMEOUT).toBe(room)
  })

  test('takes a reader who has stayed to the room that they asked for', async () => {
    const page = await openAs(bench, 'Cleo', 'start')
    const room = await inviteTo(bench, 'Parade', 'Cleo')
    await page.getByRole('button', { name: 'Join Parade' }).click(TIMEOUT)
    await expect.poll(() => roomOf(page), TIMEOUT).toBe(room)
  })

  test('closes no part of the person’s panel that was opened since', async () => {
    const page = await bench.open('/?room=panel&name=Dora')
    await whenAllAreOpen(page)
    const { release, seen } = await holdBack(page, (await page.url()).replace(/\/\?.*/, '/session'))
    const panel = page.locator('person-panel')
    await panel.getByRole('button', { name: 'Hold this name' }).click()
    await expect.poll(() => seen.includes('POST'), TIMEOUT).toBe(true)
    await panel.getByRole('button', { name: 'Sign in or up' }).click()
    await panel.getByLabel('Passphrase').fill('half of a passphrase')
    release()
    await expect.poll(() => panel.locator('.who').textContent(), TIMEOUT).toContain('You are Dora')
    await panel.getByRole('button', { name: 'Sign out' }).waitFor()
    expect(await panel.getByLabel('Passphrase').inputValue()).toBe('half of a passphrase')
  })

  test('says nothing of a name that another one has replaced since', async () => {
    const page = await openAs(bench, 'Enid', 'names')
    await ask(bench, 'POST', '/session', { name: 'Taken' })
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/session', async (route) => {
      if (route.request().postData()?.includes('Taken')) await released
      await route.continue()
    })
    bench.expectInConsole(/status of 409/)
    const box = page.getByRole('textbox', { name: 'Your name' })
    await box.fill('Taken')
    await box.press('Enter')
    await box.fill('Enya')
    await box.press('Enter')
    await expect
      .poll(() => page.locator('person-panel .who').textContent(), TIMEOUT)
      .toContain('You are Enya')
    const refused = page.waitForResponse((response) => response.status() === 409)
    release()
    await (await refused).finished()
    await page.evaluate(() => new Promise(requestAnimationFrame))
    expect(await page.locator('#wrong-name').isVisible()).toBe(false)
    expect(await box.inputValue()).toBe('Enya')
  })
})
