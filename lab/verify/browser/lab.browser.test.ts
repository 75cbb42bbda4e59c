import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { Hub } from '../../hub/hub.ts'
import { inBrowser } from './browser-bench.ts'
import {
  everyLane,
  figureOf,
  laneAt,
  openPanel,
  SERVER_IS_AWAY,
  stateOf,
  TIMEOUT,
  textsIn,
  whenAllAreOpen,
  whenAllShow,
  write,
} from './lab-page.ts'

inBrowser('the lab page', (bench) => {
  test('each lane comes back after a restart of the server, and sends once what was written meanwhile', async () => {
    const page = await bench.open('/?room=restart')
    await whenAllAreOpen(page)
    await write(laneAt(page, 'short-polling'), 'before')
    await whenAllShow(page, ['before'])

    bench.expectInConsole(SERVER_IS_AWAY)
    await bench.lab.stop()
    for (const lane of everyLane(page)) {
      await expect.poll(() => stateOf(lane), TIMEOUT).toMatch(/: waiting to retry, \S/)
      await expect.poll(() => lane.locator('.words').textContent(), TIMEOUT).toMatch(/in \d+ s$/)
    }
    const texts = LANES.map((name) => `offline by ${name}`)
    for (const [index, text] of texts.entries()) {
      await write(laneAt(page, index), text)
      const lane = laneAt(page, index)
      await expect
        .poll(() => lane.locator('lane-composer #note').textContent(), TIMEOUT)
        .toBe('1 waiting to be sent')
      expect(await lane.locator('.pending .text').allTextContents()).toEqual([text])
    }

    await bench.lab.start()
    await whenAllAreOpen(page)
    await whenAllShow(page, ['before', ...texts])
    for (const lane of everyLane(page)) {
      await expect.poll(() => lane.locator('.pending').count(), TIMEOUT).toBe(0)
      await expect
        .poll(() => lane.locator('.gap').allTextContents(), TIMEOUT)
        .toEqual([expect.stringContaining('began a new log')])
      await expect.poll(() => figureOf(lane, 'reconnects'), TIMEOUT).toBe('1')
      await expect.poll(() => figureOf(lane, 'duplicates'), TIMEOUT).toBe('0')
    }
  })

  test('where messages are lost, the lane says how many', async () => {
    await bench.lab.stop()
    const hub = new Hub({ maxMessages: 20 })
    await bench.lab.start({ hub })
    const page = await bench.open('/?room=gap')
    await whenAllAreOpen(page)
    await write(laneAt(page, 'short-polling'), 'last seen')
    await whenAllShow(page, ['last seen'])
    const lane = laneAt(page, 'websocket')
    await lane.getByRole('button', { name: /^Disconnect/ }).click()
    await expect.poll(() => stateOf(lane), TIMEOUT).toMatch(/: disconnected by you$/)
    for (let n = 1; n <= 32; n++) {
      hub.room('gap').publish({ draftId: `${n}`, author: 'hub', text: `${n}` })
    }
    await lane.getByRole('button', { name: /^Reconnect/ }).click()
    await expect.poll(() => figureOf(lane, 'lost'), TIMEOUT).toBe('12')
    // They came in a rush: while it lasts, the newest lines alone are drawn.
    await expect
      .poll(() => lane.locator('.gap').allTextContents(), TIMEOUT)
      .toEqual([expect.stringContaining('12 messages lost here')])
    await expect.poll(async () => (await textsIn(lane)).slice(0, 2), TIMEOUT).toEqual(['last seen', '13'])
  })

  test('traffic starts, pauses, steps and is reset, and the table says what was measured', async () => {
    // The room of the test before keeps 20 messages: on a busy machine, more come between two polls, and are lost.
    await bench.lab.stop()
    await bench.lab.start()
    const page = await bench.open('/?room=traffic&rate=20')
    await whenAllAreOpen(page)
    const published = async () =>
      Number((await page.locator('.counts b').first().textContent())?.replace(',', ''))
    const table = async () =>
      (await page.locator('latency-table tbody tr').all()).map(async (row) =>
        row.locator('td').allTextContents(),
      )
    const rows = async () => Promise.all(await table())

    await openPanel(page, 'latency')
    await page.getByRole('button', { name: 'Start traffic' }).click()
    await expect.poll(published, TIMEOUT).toBeGreaterThan(10)
    await page.getByRole('button', { name: 'Pause traffic' }).click()
    // What was on its way when Pause was pressed still comes: wait until all lanes have all of it.
    const shown = () => Promise.all(everyLane(page).map((lane) => figureOf(lane, 'messages')))
    await expect
      .poll(async () => {
        const total = (await published()).toLocaleString('en')
        return (await shown()).map((messages) => `${messages} of ${total}`)
      }, TIMEOUT)
      .toSatisfy((all: string[]) => all.every((one) => /^(.+) of \1$/.test(one)))
    const counts = async () => (await rows()).map(([count]) => Number(count?.replace(',', '')))
    const before = await published()
    await expect.poll(counts, TIMEOUT).toEqual(LANES.map(() => before))
    for (const [, last, p50, p99, max, page] of await rows()) {
      const [half, most, all, inPage] = [p50, p99, max, page].map((text) => Number(text?.replace(',', '')))
      expect(Number(last?.replace(',', ''))).toBeGreaterThan(0)
      expect(half).toBeGreaterThan(0)
      expect(most).toBeGreaterThanOrEqual(half!)
      expect(all).toBeGreaterThanOrEqual(most!)
      expect(inPage).toBeLessThanOrEqual(half!) // a part of it
    }
    await page.locator('latency-chart').scrollIntoViewIfNeeded()
    await expect.poll(() => page.locator('latency-chart p').count(), TIMEOUT).toBe(0)

    await page.getByRole('button', { name: 'Step' }).click()
    await expect.poll(published, TIMEOUT).toBe(before + 1)
    await expect.poll(counts, TIMEOUT).toEqual(LANES.map(() => before + 1))

    await page.locator('traffic-generator').getByRole('button', { name: 'Reset' }).click()
    await expect.poll(rows, TIMEOUT).toEqual(LANES.map(() => ['0', '–', '–', '–', '–', '–']))
    for (const lane of everyLane(page)) {
      await expect.poll(() => textsIn(lane), TIMEOUT).toEqual([])
      await expect.poll(() => figureOf(lane, 'messages'), TIMEOUT).toBe('0')
    }
    expect(await published()).toBe(0)
  })

  test('what another page wrote is shown, and not timed', async () => {
    const page = await bench.open('/?room=others')
    await whenAllAreOpen(page)
    await fetch(`${bench.lab.url}/rooms/others/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ draftId: 'x', author: 'elsewhere', text: 'from elsewhere' }),
    })
    await whenAllShow(page, ['from elsewhere'])
    for (const lane of everyLane(page)) {
      await expect.poll(() => lane.locator('.ms').textContent(), TIMEOUT).toBe('–')
      expect(await figureOf(lane, 'last latency')).toBe('–')
    }
  })

  test('markup in a name or a text is shown, not obeyed', async () => {
    const page = await bench.open('/?room=markup')
    await whenAllAreOpen(page)
    const evil = '<img src=x onerror="document.title=`obeyed`"><script>document.title=`obeyed`</script>'
    await page.getByRole('textbox', { name: 'Your name' }).fill('<b onclick=1>&amp;')
    await page.getByRole('textbox', { name: 'Your name' }).press('Enter')
    await write(laneAt(page, 'websocket'), evil)
    await whenAllShow(page, [evil])
    for (const lane of everyLane(page)) {
      expect(await lane.locator('.author').allTextContents()).toEqual(['<b onclick=1>&amp;'])
      expect(await lane.locator('lane-log :is(img, b, script)').count()).toBe(0)
    }
    expect(await page.title()).toBe('Transport Lab')
  })

  test('a text that the server refuses comes back with the reason', async () => {
    const page = await bench.open('/?room=refused')
    await whenAllAreOpen(page)
    bench.expectInConsole(/status of 413/)
    const tooLong = 'x'.repeat(65 * 1024)
    for (const lane of everyLane(page)) {
      await write(lane, tooLong)
      await expect
        .poll(() => lane.locator('#note').textContent(), TIMEOUT)
        .toMatch(/^Not accepted: .*65536 bytes/)
      expect(await lane.getByRole('textbox').inputValue()).toBe(tooLong)
      expect(await lane.locator('.pending').count()).toBe(0)
    }
  })

  test('a room that is full of others is joined by the address, and left by the field', async () => {
    await bench.lab.stop()
    const hub = new Hub()
    hub.room('one').publish({ draftId: '1', author: 'a', text: 'in one' })
    hub.room('two').publish({ draftId: '1', author: 'a', text: 'in two' })
    await bench.lab.start({ hub })
    const page = await bench.open('/?room=one')
    await whenAllAreOpen(page)
    await whenAllShow(page, ['in one'])
    const room = page.getByRole('textbox', { name: 'Room' })
    await room.fill('two')
    await room.press('Enter')
    await whenAllShow(page, ['in two'])
    expect(page.url()).toContain('room=two')
    await room.fill('Not A Room')
    await room.press('Enter')
    await expect
      .poll(() => page.locator('#wrong-room').textContent(), TIMEOUT)
      .toMatch(/A room name is .*still in two/)
    await whenAllShow(page, ['in two'])
  })
})
