/** A first visitor's room: it moves, it stops, and an address that names a room knows nothing of it. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { inBrowser } from './browser-bench.ts'
import { everyLane, laneAt, TIMEOUT, textsIn, whenAllAreOpen, write } from './lab-page.ts'

const line = (page: Page) => page.locator('.own-room [role=status]')
const again = (page: Page) => page.getByRole('button', { name: 'Start it again' })
const roomOf = (page: Page) => page.getByRole('textbox', { name: 'Room', exact: true }).inputValue()

/** What the page publishes from now on. */
function followPosts(page: Page): string[] {
  const posts: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/messages')) posts.push(request.url())
  })
  return posts
}

/** Longer than two messages are apart. */
const stillness = (page: Page) => page.waitForTimeout(2_500)

inBrowser('a visitor whose address names no room', (bench) => {
  test('finds a room of their own in which messages move in all lanes, until the first key', async () => {
    const page = await bench.open('/')
    const posts = followPosts(page)
    await whenAllAreOpen(page)
    for (const lane of everyLane(page))
      await expect.poll(async () => (await textsIn(lane)).length, TIMEOUT).toBeGreaterThan(1)
    const room = await roomOf(page)
    expect(room).toMatch(/^_[a-z]+-[a-z]+-[0-9a-z]{8}$/)
    expect(new URL(page.url()).search).toBe('')
    expect(await line(page).textContent()).toContain('your first click or key stops it')

    await page.keyboard.press('Tab')
    await expect
      .poll(() => line(page).textContent(), TIMEOUT)
      .toContain('stopped with your first click or key')
    const sent = posts.length
    await stillness(page)
    expect(posts.length).toBe(sent)
    const rooms = await (await page.request.get(`${bench.lab.url}/rooms`)).text()
    expect(rooms, 'the list of rooms').not.toContain(room)

    await again(page).click()
    await expect.poll(() => posts.length, TIMEOUT).toBeGreaterThan(sent)
    expect(new Set(posts)).toEqual(new Set([`${bench.lab.url}/rooms/${room}/messages`]))
    await page.getByRole('heading', { level: 1 }).click()
    await expect.poll(() => again(page).count(), TIMEOUT).toBe(1)

    await write(laneAt(page, 'sse'), 'my own words')
    await expect.poll(() => textsIn(laneAt(page, 'sse')), TIMEOUT).toContain('my own words')
    await page.reload()
    await whenAllAreOpen(page)
    expect(await roomOf(page)).toBe(room)
    await expect.poll(() => textsIn(laneAt(page, 'sse')), TIMEOUT).toContain('my own words')

    const other = await bench.open('/')
    await expect.poll(() => other.locator('.own-room').count(), TIMEOUT).toBe(1)
    expect(await roomOf(other)).not.toBe(room)
  })

  test('sees nothing move under reduced motion or after the page was hidden, and can start it', async () => {
    const page = await bench.open('/', { reducedMotion: 'reduce' })
    const posts = followPosts(page)
    await whenAllAreOpen(page)
    await expect.poll(() => line(page).textContent(), TIMEOUT).toContain('your system asks for less motion')
    await stillness(page)
    expect(posts).toEqual([])
    await again(page).press('Enter')
    await expect.poll(() => posts.length, TIMEOUT).toBeGreaterThan(0)
    // A headless browser hides no page: what the browser would tell is told in its place.
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await expect.poll(() => line(page).textContent(), TIMEOUT).toContain('went out of view')
  })

  test('comes back to the room that they chose last, and a room that is named does not move', async () => {
    const page = await bench.open('/?room=chosen')
    const posts = followPosts(page)
    await whenAllAreOpen(page)
    await stillness(page)
    expect(posts).toEqual([])
    expect(await page.locator('.own-room').count()).toBe(0)
    await page.goto(bench.lab.url)
    await whenAllAreOpen(page)
    expect(await roomOf(page)).toBe('chosen')
    expect(new URL(page.url()).search).toBe('?room=chosen')
  })

  test('comes to the lobby when the server has no place for one more room of their own', async () => {
    bench.expectInConsole(/status of 503/)
    const page = await bench.open('about:blank')
    await page.route('**/rooms/_*/**', (route) =>
      route.fulfill({
        status: 503,
        json: { code: 'too-many-rooms', message: 'there are already 256 rooms' },
      }),
    )
    await page.goto(bench.lab.url)
    await expect.poll(() => roomOf(page), TIMEOUT).toBe('lobby')
    expect(await page.locator('.complaint').textContent()).toContain('no place for one more room')
    expect(new URL(page.url()).searchParams.get('room')).toBe('lobby')
  })
})
