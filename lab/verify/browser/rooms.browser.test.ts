/** Rooms on the page: making, inviting, joining, leaving; edits, removals and files, seen by every lane of another user. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type BrowserBench, inBrowser } from './browser-bench.ts'
import { everyLane, laneAt, TIMEOUT, textsIn, whenAllAreOpen, whenAllShow, write } from './lab-page.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The smallest PNG there is: one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

let people = 0
/** A user who has signed in, with the panel open. Each name is used once, since the server keeps them. */
async function arrive(
  bench: BrowserBench,
  name: string,
  path = '/?room=lobby',
  options?: BrowserContextOptions,
) {
  const page = await bench.open('about:blank', options)
  const own = `${name} ${++people}`
  const response = await page.request.post(`${bench.lab.url}/session`, { data: { name: own } })
  expect(response.status()).toBe(201)
  await page.goto(`${bench.lab.url}${path}`)
  await whenAllAreOpen(page)
  await page.getByRole('button', { name: 'Rooms…' }).click()
  return { page, name: own }
}

const panel = (page: Page) => page.locator('room-panel')
const titleOf = (page: Page) =>
  panel(page)
    .getByRole('heading', { name: /^Here: / })
    .textContent()

async function fill(page: Page, label: string, text: string, button: string): Promise<void> {
  await panel(page).getByLabel(label).fill(text)
  await panel(page).getByRole('button', { name: button, exact: true }).click()
}

/** A group of two, with both in it. */
async function group(bench: BrowserBench) {
  const ada = await arrive(bench, 'Ada')
  const bob = await arrive(bench, 'Bob')
  await fill(ada.page, 'Make a group', 'Picnic', 'Make')
  await expect.poll(() => titleOf(ada.page), TIMEOUT).toBe('Here: Picnic')
  await fill(ada.page, 'Invite', bob.name, 'Invite')
  await panel(bob.page).getByRole('button', { name: 'Join Picnic' }).click(TIMEOUT)
  await expect.poll(() => titleOf(bob.page), TIMEOUT).toBe('Here: Picnic')
  for (const { page } of [ada, bob]) await whenAllAreOpen(page)
  return { ada, bob }
}

inBrowser('rooms on the lab page', (bench) => {
  test('a group is made, and another user is invited, joins, is made a moderator, and is sent away', async () => {
    bench.expectInConsole(/status of 404|Unexpected response code: 404/)
    const { ada, bob } = await group(bench)
    for (const lane of everyLane(ada.page)) {
      await expect
        .poll(() => lane.locator('.happening').allTextContents(), TIMEOUT)
        .toEqual([`${bob.name} has joined`])
    }
    await write(laneAt(bob.page, 'long-polling'), 'I bring the cake')
    await whenAllShow(ada.page, ['I bring the cake'])

    await panel(ada.page).getByLabel(`What ${bob.name} is`).selectOption('moderator')
    await expect.poll(() => panel(bob.page).getByLabel('Invite', { exact: true }).count(), TIMEOUT).toBe(1)

    await panel(ada.page)
      .getByRole('button', { name: `Send away ${bob.name}` })
      .click()
    for (const lane of everyLane(bob.page)) {
      await expect
        .poll(() => lane.locator('lane-state [role=status]').textContent(), TIMEOUT)
        .not.toMatch(/: open$/)
    }
    await write(laneAt(ada.page, 'short-polling'), 'now that they are gone')
    await whenAllShow(ada.page, ['I bring the cake', 'now that they are gone'])
    for (const lane of everyLane(bob.page)) expect(await textsIn(lane)).toEqual(['I bring the cake'])
    await expect.poll(() => panel(bob.page).getByText('You are not in this room').count(), TIMEOUT).toBe(1)
  })

  test('what was said is edited and removed, in all lanes of everybody', async () => {
    const { ada, bob } = await group(bench)
    await write(laneAt(ada.page, 'short-polling'), 'Teh cake')
    await whenAllShow(bob.page, ['Teh cake'])
    const own = laneAt(ada.page, 'sse')
    expect(
      await laneAt(bob.page, 'sse')
        .getByRole('button', { name: /^Change/ })
        .count(),
    ).toBe(0)

    await own.getByRole('button', { name: 'Change “Teh cake”' }).click()
    await own.getByRole('button', { name: 'Edit' }).click()
    const box = own.getByRole('textbox')
    await expect.poll(() => box.inputValue(), TIMEOUT).toBe('Teh cake')
    await box.fill('The cake')
    await box.press('Enter')
    for (const { page } of [ada, bob]) await whenAllShow(page, ['The cake (edited)'])

    await own.getByRole('button', { name: 'Change “The cake”' }).click()
    await own.getByRole('button', { name: 'Remove for everybody' }).click()
    for (const { page } of [ada, bob]) await whenAllShow(page, ['Removed'])
    await bob.page.reload()
    await whenAllAreOpen(bob.page)
    await whenAllShow(bob.page, ['Removed'])
  })

  test('Escape gives an edit up, and what is written after it is a new message', async () => {
    const { page } = await arrive(bench, 'Ada', '/?room=escape')
    await write(laneAt(page, 'short-polling'), 'one')
    await whenAllShow(page, ['one'])
    const lane = laneAt(page, 'short-polling')
    await lane.getByRole('button', { name: 'Change “one”' }).press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => lane.getByRole('textbox').inputValue(), TIMEOUT).toBe('one')
    await page.keyboard.press('Escape')
    await expect.poll(() => lane.getByRole('textbox').inputValue(), TIMEOUT).toBe('')
    await page.keyboard.insertText('two')
    await page.keyboard.press('Enter')
    await whenAllShow(page, ['one', 'two'])
  })

  test('files are chosen or dropped, and shown as a picture or a link', async () => {
    const { ada, bob } = await group(bench)
    const input = panel(ada.page).locator('input[type=file]')
    await input.setInputFiles({ name: 'pixel.png', mimeType: 'image/png', buffer: PIXEL })
    for (const lane of everyLane(bob.page)) {
      const picture = lane.getByRole('img', { name: 'pixel.png' })
      await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth), TIMEOUT).toBe(1)
    }
    await ada.page
      .locator('chat-lane')
      .first()
      .evaluate((lane) => {
        const data = new DataTransfer()
        data.items.add(new File(['Flour, eggs, patience.'], 'recipe.txt', { type: 'text/plain' }))
        lane.dispatchEvent(
          new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true, composed: true }),
        )
      })
    const link = laneAt(bob.page, 'websocket').getByRole('link', { name: 'recipe.txt' })
    await expect.poll(() => link.count(), TIMEOUT).toBe(1)
    const downloading = bob.page.waitForEvent('download')
    await link.click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('recipe.txt')
    expect(await readFile(await download.path(), 'utf8')).toBe('Flour, eggs, patience.')

    await input.setInputFiles({ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<p>') })
    await expect
      .poll(() => ada.page.locator('.notices').textContent(), TIMEOUT)
      .toMatch(/page\.html: only PNG/)
  })

  test('two talk in private, and it is left', async () => {
    bench.expectInConsole(/status of 404/) // of a user who does not exist
    const ada = await arrive(bench, 'Ada')
    const bob = await arrive(bench, 'Bob')
    await fill(ada.page, 'Talk in private with', 'Unknown Person', 'Talk')
    await expect
      .poll(() => panel(ada.page).getByRole('alert').textContent(), TIMEOUT)
      .toMatch(/no person is called/)
    await fill(ada.page, 'Talk in private with', bob.name, 'Talk')
    await expect.poll(() => titleOf(ada.page), TIMEOUT).toBe(`Here: ${bob.name}`)
    await panel(bob.page).getByRole('button', { name: ada.name, exact: true }).click(TIMEOUT)
    await expect.poll(() => titleOf(bob.page), TIMEOUT).toBe(`Here: ${ada.name}`)
    for (const { page } of [ada, bob]) await whenAllAreOpen(page)
    await write(laneAt(bob.page, 'websocket'), 'psst')
    await whenAllShow(ada.page, ['psst'])
    await panel(bob.page).getByRole('button', { name: 'Leave' }).click()
    await expect.poll(() => titleOf(bob.page), TIMEOUT).toBe('Here: lobby')
  })

  test('a visitor who has not signed in is told what that is for, and sees the public rooms', async () => {
    const page = await bench.open('/?room=lobby')
    await whenAllAreOpen(page)
    expect(await panel(page).isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Rooms…' }).click()
    await expect.poll(() => panel(page).getByText('for people who have signed in').count(), TIMEOUT).toBe(1)
    expect(await panel(page).getByLabel('Make a group').count()).toBe(0)
    await page.getByRole('button', { name: 'Rooms…' }).click()
    expect(await panel(page).isVisible()).toBe(false)
  })

  for (const [colorScheme, width] of [
    ['light', 360],
    ['dark', 1440],
  ] as const) {
    test(`axe finds nothing, and nothing sticks out: ${colorScheme}, ${width} px`, async () => {
      const options = { colorScheme, viewport: { width, height: 900 } }
      const { page } = await arrive(bench, 'Ada', '/', options)
      const { name } = await arrive(bench, 'Bob with a name that is rather long')
      await fill(page, 'Make a group', 'A title without any breaks: '.padEnd(60, 'x'), 'Make')
      await expect.poll(() => titleOf(page), TIMEOUT).toMatch(/x$/)
      await fill(page, 'Invite', name, 'Invite')
      await expect.poll(() => panel(page).getByText('invited', { exact: true }).count(), TIMEOUT).toBe(1)
      await panel(page)
        .locator('input[type=file]')
        .setInputFiles({ name: 'pixel.png', mimeType: 'image/png', buffer: PIXEL })
      await whenAllAreOpen(page)
      for (const text of ['to be removed', 'to be edited']) await write(laneAt(page, 'websocket'), text)
      await whenAllShow(page, ['pixel.png', 'to be removed', 'to be edited'])
      const lane = laneAt(page, 'websocket')
      await lane.getByRole('button', { name: 'Change “to be removed”' }).click()
      await lane.getByRole('button', { name: 'Remove for everybody' }).click()
      await whenAllShow(page, ['pixel.png', 'Removed', 'to be edited'])
      await lane.getByRole('button', { name: 'Change “to be edited”' }).click()

      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      await page.evaluate(axe)
      const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults
      expect(
        violations.map(({ id, nodes }) => ({
          id,
          nodes: nodes.map(({ target, failureSummary }) => [target, failureSummary]),
        })),
      ).toEqual([])
      expect(passes.map(({ id }) => id)).toContain('color-contrast')
    })
  }
})
