/** Writing: in every script, with files, and in lanes that are closed. */
import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import { inBrowser } from './browser-bench.ts'
import { everyLane, laneAt, TIMEOUT, textsIn, whenAllAreOpen, whenAllShow, write } from './lab-page.ts'

/** The smallest PNG there is: one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const HEBREW = 'מה שלומך?'

const directionOf = (element: Locator) => element.evaluate((one) => getComputedStyle(one).direction)

/** Gives files to an element as a drop or a paste does. */
const give = (
  to: Locator,
  how: 'drop' | 'paste',
  files: readonly { name: string; type: string; base64: string }[],
) =>
  to.evaluate(
    (element, { how, files }) => {
      const data = new DataTransfer()
      for (const { name, type, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
        data.items.add(new File([bytes], name, { type }))
      }
      const options = { bubbles: true, cancelable: true, composed: true }
      element.dispatchEvent(
        how === 'drop'
          ? new DragEvent('drop', { ...options, dataTransfer: data })
          : new ClipboardEvent('paste', { ...options, clipboardData: data }),
      )
    },
    { how, files },
  )

inBrowser('the composer', (bench) => {
  test('Enter that ends a composition sends nothing, however the browser marks it', async () => {
    const page = await bench.open('/?room=composing')
    await whenAllAreOpen(page)
    const box = laneAt(page, 'websocket').getByRole('textbox')
    await box.fill('にほ')
    for (const key of [{ keyCode: 229 }, { isComposing: true, keyCode: 13 }]) {
      await box.evaluate((area, how) => {
        const event = new KeyboardEvent('keydown', {
          key: 'Enter',
          bubbles: true,
          composed: true,
          cancelable: true,
          ...how,
        })
        area.dispatchEvent(event)
      }, key)
    }
    expect(await box.inputValue()).toBe('にほ')
    await box.press('Enter')
    await whenAllShow(page, ['にほ'])
  })

  test('the box is as high as its text, up to a limit, and one line high again when that is sent', async () => {
    const page = await bench.open('/?room=height')
    await whenAllAreOpen(page)
    const box = laneAt(page, 'websocket').getByRole('textbox')
    const height = async () => (await box.boundingBox())!.height
    const hidden = () => box.evaluate((area) => area.scrollHeight - area.clientHeight)
    const empty = await height()
    await box.fill('one\ntwo\nthree')
    expect(await height()).toBeGreaterThan(2 * empty)
    expect(await hidden()).toBe(0)
    await box.fill('line\n'.repeat(50))
    expect(await height()).toBeLessThan(4 * empty)
    await box.press('Enter')
    await expect.poll(height, TIMEOUT).toBe(empty)
  })

  test('a text is laid out in its own direction: in the box, in the conversation, and a name beside it', async () => {
    const page = await bench.open('/?room=directions&name=דנה')
    await whenAllAreOpen(page)
    const lane = laneAt(page, 'websocket')
    expect(await directionOf(page.getByRole('textbox', { name: 'Your name' }))).toBe('rtl')
    await lane.getByRole('textbox').fill(HEBREW)
    expect(await directionOf(lane.getByRole('textbox'))).toBe('rtl')
    await lane.getByRole('textbox').press('Enter')
    await whenAllShow(page, [HEBREW])
    expect(await directionOf(lane.locator('.text'))).toBe('rtl')
    expect(await directionOf(lane.locator('.author'))).toBe('rtl')
    await write(lane, 'And you?')
    await whenAllShow(page, [HEBREW, 'And you?'])
    expect(await directionOf(lane.locator('.text').last())).toBe('ltr')
  })

  test('a name with an invisible character is refused under its field, in words for people, and moves nothing', async () => {
    const page = await bench.open('/?room=names')
    await whenAllAreOpen(page)
    const name = page.getByRole('textbox', { name: 'Your name' })
    const before = await page.locator('.lanes').boundingBox()
    for (const hidden of ['A\u200bda', '\u202eadA']) {
      await name.fill(hidden)
      await name.press('Enter')
      await expect
        .poll(() => page.locator('#wrong-name').textContent(), TIMEOUT)
        .toMatch(/^A name must be made of characters that can be seen.* You are still /)
      expect(await page.locator('.lanes').boundingBox()).toEqual(before)
    }
    await name.fill('Ada')
    await name.press('Enter')
    await expect.poll(() => page.locator('#wrong-name').textContent(), TIMEOUT).toBe('')
    const room = page.getByRole('textbox', { name: 'Room' })
    await room.fill('No Room')
    await room.press('Enter')
    await expect.poll(() => page.locator('#wrong-room').textContent(), TIMEOUT).toMatch(/^A room name is/)
    expect(await page.locator('.lanes').boundingBox()).toEqual(before)
  })

  test('a picture that is pasted is sent, and text that is pasted is written', async () => {
    const page = await bench.open('/?room=pasted')
    await whenAllAreOpen(page)
    const lane = laneAt(page, 'long-polling')
    await give(lane.getByRole('textbox'), 'paste', [
      { name: 'image.png', type: 'image/png', base64: PIXEL.toString('base64') },
    ])
    for (const one of everyLane(page)) {
      await expect.poll(() => one.getByRole('img', { name: 'image.png' }).count(), TIMEOUT).toBe(1)
    }
    await expect.poll(() => page.locator('.notices').textContent(), TIMEOUT).toMatch(/Sent: image\.png\./)
    expect(await lane.getByRole('textbox').inputValue()).toBe('')
  })

  test('the box is empty as soon as Enter has sent what stood in it, before anything is drawn', async () => {
    const page = await bench.open('/?room=quick')
    await whenAllAreOpen(page)
    const box = laneAt(page, 'websocket').getByRole('textbox')
    const left = await box.evaluate((element) => {
      const area = element as HTMLTextAreaElement
      area.value = 'one'
      area.dispatchEvent(new Event('input', { bubbles: true }))
      area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
      return area.value
    })
    expect(left).toBe('')
    await whenAllShow(page, ['one'])
  })

  test('files are chosen by the clip, with the keyboard alone', async () => {
    const page = await bench.open('/?room=clip')
    await whenAllAreOpen(page)
    // Asked for first: what the browser is told of it overtakes nothing that is typed later.
    const choosing = page.waitForEvent('filechooser')
    await laneAt(page, 'sse').getByRole('textbox').focus()
    await page.keyboard.press('Tab')
    const clip = laneAt(page, 'sse').getByRole('button', { name: /files/i })
    await expect
      .poll(
        () => clip.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button),
        TIMEOUT,
      )
      .toBe(true)
    await page.keyboard.press('Enter')
    const chooser = await choosing
    expect(chooser.isMultiple()).toBe(true)
    await chooser.setFiles([
      { name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('1') },
      { name: 'two.txt', mimeType: 'text/plain', buffer: Buffer.from('2') },
    ])
    for (const lane of everyLane(page)) {
      await expect
        .poll(() => lane.locator('.file').allTextContents(), TIMEOUT)
        .toEqual(['one.txt', 'two.txt'])
    }
  })

  test('each file of a drop is sent, or named with the reason, and nothing is pushed down', async () => {
    const page = await bench.open('/?room=dropped')
    await whenAllAreOpen(page)
    const before = await page.locator('.lanes').boundingBox()
    const hi = Buffer.from('hi').toString('base64')
    await give(laneAt(page, 'short-polling'), 'drop', [
      { name: 'notes.md', type: 'text/markdown', base64: hi },
      { name: 'ok.txt', type: 'text/plain', base64: hi },
      { name: 'empty.txt', type: 'text/plain', base64: '' },
      { name: `${'🦜'.repeat(40)}.txt`, type: 'text/plain', base64: hi },
    ])
    const parrots = `${'🦜'.repeat(29)}….txt`
    await expect
      .poll(() => laneAt(page, 'websocket').locator('.file').allTextContents(), TIMEOUT)
      .toEqual(['ok.txt', parrots])
    const said = page.locator('.notices')
    await expect.poll(() => said.textContent(), TIMEOUT).toMatch(/Sent: ok\.txt/)
    expect(await said.textContent()).toMatch(
      /Not sent: notes\.md: only PNG.*Not sent: empty\.txt: this file is empty/s,
    )
    expect(await page.locator('.lanes').boundingBox()).toEqual(before)
    await said.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => said.locator('.complaint').count(), TIMEOUT).toBe(0)
  })

  test('a file that is dropped beside the lanes does not take the page away', async () => {
    const page = await bench.open('/?room=beside')
    await whenAllAreOpen(page)
    const isTaken = (selector: string, type: 'dragover' | 'drop') =>
      page.locator(selector).evaluate((element, type) => {
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File(['hi'], 'a.txt', { type: 'text/plain' }))
        const options = { bubbles: true, cancelable: true, composed: true, dataTransfer }
        return !element.dispatchEvent(new DragEvent(type, options))
      }, type)
    for (const place of ['h1', 'traffic-generator', 'footer']) {
      expect(await isTaken(place, 'dragover'), place).toBe(true)
      expect(await isTaken(place, 'drop'), place).toBe(true)
    }
    await page.getByRole('button', { name: 'Rooms…' }).click()
    // A field for files takes them by itself, if it is left to.
    expect(await isTaken('room-panel input[type=file]', 'drop')).toBe(false)
    expect(await page.locator('.file').count()).toBe(0)
  })

  test('an upload whose answer was lost, dropped again, is one file', async () => {
    const page = await bench.open('/?room=lost')
    await whenAllAreOpen(page)
    bench.expectInConsole(/net::ERR_/)
    await page.route('**/rooms/lost/files?**', async (route) => {
      await route.fetch() // the server has it
      await route.abort() // and the answer does not come back
    })
    const file = [{ name: 'once.txt', type: 'text/plain', base64: Buffer.from('hi').toString('base64') }]
    await give(laneAt(page, 'short-polling'), 'drop', file)
    await expect.poll(() => page.locator('.notices').textContent(), TIMEOUT).toMatch(/Not sent: once\.txt/)
    await page.unrouteAll()
    await give(laneAt(page, 'short-polling'), 'drop', file)
    await expect.poll(() => page.locator('.notices').textContent(), TIMEOUT).toMatch(/^\s*Sent: once\.txt/)
    await write(laneAt(page, 'short-polling'), 'after it')
    await expect
      .poll(async () => (await textsIn(laneAt(page, 'short-polling'))).at(-1), TIMEOUT)
      .toBe('after it')
    expect(await laneAt(page, 'short-polling').locator('.file').count()).toBe(1)
  })

  test('a message of yesterday has its date, and each has its full time', async () => {
    await bench.lab.stop()
    const day = 24 * 60 * 60 * 1_000
    let now = Date.now() - day
    const hub = new Hub({ now: () => now })
    hub.room('dated').publish({ draftId: '1', author: 'a', text: 'yesterday' })
    now += day
    hub.room('dated').publish({ draftId: '2', author: 'a', text: 'today' })
    await bench.lab.start({ hub })
    const page = await bench.open('/?room=dated')
    await whenAllShow(page, ['yesterday', 'today'])
    const times = laneAt(page, 'short-polling').locator('time')
    expect(await times.first().textContent()).toMatch(
      /^\d{1,2} \w{3,4} \d{2}:\d{2}$|^\d{1,2} \w{3,4} \d{4} \d{2}:\d{2}$/,
    )
    expect(await times.last().textContent()).toMatch(/^\d{2}:\d{2}:\d{2}$/)
    expect(await times.first().getAttribute('datetime')).toBe(new Date(now - day).toISOString())
    expect(await times.first().getAttribute('title')).toMatch(/ at \d{2}:\d{2}:\d{2}$/)
  })

  test('a room that does not exist says so in each lane, does not invite to write, and offers a way out', async () => {
    bench.expectInConsole(/status of 404|Unexpected response code: 404/)
    const page = await bench.open(`/?room=${encodeURIComponent(`~${'x'.repeat(20)}`)}`)
    for (const lane of everyLane(page)) {
      await expect
        .poll(() => lane.locator('.empty').textContent(), TIMEOUT)
        .toMatch(/Nothing can be read here: .*Choose another room above/)
      await expect.poll(() => lane.locator('#note').textContent(), TIMEOUT).toMatch(/This lane is closed/)
      expect(await lane.getByRole('button', { name: /^Disconnect/ }).count()).toBe(0)
      expect(await lane.getByRole('button', { name: /^Reconnect/ }).count()).toBe(1)
    }
    await page.getByRole('button', { name: 'Go to the lobby' }).click()
    await whenAllAreOpen(page)
    await page.goBack()
    await expect
      .poll(() => page.locator('.notices').getByText('You are not in this room').count(), TIMEOUT)
      .toBe(1)
  })

  test('an invitation is shown while the rooms are closed, and is answered there', async () => {
    const page = await bench.open('about:blank')
    const enter = async (name: string) =>
      (
        await fetch(`${bench.lab.url}/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name }),
        })
      ).headers
        .get('set-cookie')!
        .split(';')[0]!
    const host = { 'content-type': 'application/json', cookie: await enter('Hedy') }
    expect((await page.request.post(`${bench.lab.url}/session`, { data: { name: 'Ida' } })).status()).toBe(
      201,
    )
    const made = await fetch(`${bench.lab.url}/rooms`, {
      method: 'POST',
      headers: host,
      body: JSON.stringify({ kind: 'group', title: 'פיקניק' }),
    })
    const { name: room } = (await made.json()) as { name: string }
    const invited = await fetch(`${bench.lab.url}/rooms/${room}/members/Ida`, {
      method: 'PUT',
      headers: host,
      body: JSON.stringify({ role: 'invited' }),
    })
    expect(invited.status).toBe(200)
    await page.goto(`${bench.lab.url}/?room=lobby`)
    await expect
      .poll(() => page.locator('.notices').textContent(), TIMEOUT)
      .toMatch(/You are invited to פיקניק/)
    await page.locator('.notices').getByRole('button', { name: /^Join/ }).click()
    await whenAllAreOpen(page)
    expect(new URL(page.url()).searchParams.get('room')).toBe(room)
    await expect.poll(() => page.locator('.notices .notice').count(), TIMEOUT).toBe(0)
  })
})
