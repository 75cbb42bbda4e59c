import { expect, test } from 'vitest'
import { inBrowser } from './browser-bench.ts'
import { laneAt, TIMEOUT, whenAllAreOpen, whenAllShow, write } from './lab-page.ts'

inBrowser('the settings in the address', (bench) => {
  test('a link reproduces them', async () => {
    const page = await bench.open('/?room=quiet&name=Ada&rate=5&size=100&interval=0.5&hold=10')
    await whenAllAreOpen(page)
    const slider = (name: string) => page.getByRole('slider', { name }).getAttribute('aria-valuetext')
    expect(await slider('Rate')).toBe('5 per second')
    expect(await slider('Size')).toBe('100 bytes')
    expect(await slider('Poll interval')).toBe('500 ms')
    expect(await slider('Hold time')).toBe('10 s')
    expect(await page.getByRole('textbox', { name: 'Room' }).inputValue()).toBe('quiet')
    await write(laneAt(page, 'short-polling'), 'hello')
    await whenAllShow(page, ['hello'])
    expect(await laneAt(page, 'long-polling').locator('.author').allTextContents()).toEqual(['Ada'])
    expect(await page.locator('.complaint').count()).toBe(0)
  })

  test('a long poll is held as long as the address says', async () => {
    const page = await bench.open('/?room=held&hold=0.5')
    const held = await page.waitForRequest(
      (request) => new URL(request.url()).searchParams.get('wait') === '0.5',
      {
        timeout: TIMEOUT.timeout,
      },
    )
    expect(held.url()).toContain('/rooms/held/')
  })

  test('what is turned goes into the address, and survives a reload', async () => {
    const page = await bench.open('/?room=turned')
    await whenAllAreOpen(page)
    for (const name of ['Rate', 'Poll interval']) {
      await page.getByRole('slider', { name }).focus()
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('ArrowRight')
    }
    const words = async () =>
      Promise.all(
        ['Rate', 'Poll interval'].map((name) =>
          page.getByRole('slider', { name }).getAttribute('aria-valuetext'),
        ),
      )
    const turned = await words()
    expect(turned).not.toContain('1 s')
    expect(turned).not.toContain('2 per second')
    expect(new URL(page.url()).searchParams.has('interval')).toBe(true)
    await page.reload()
    await whenAllAreOpen(page)
    expect(await words()).toEqual(turned)
  })

  test('a link with running=1 asks for traffic, and it starts when the reader says so', async () => {
    const page = await bench.open('about:blank')
    const posted: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/messages')) posted.push(request.url())
    })
    await page.goto(`${bench.lab.url}/?running=1&rate=10`)
    await whenAllAreOpen(page)
    const asks = page.getByText('This link asks for 10 per second')
    await expect.poll(() => asks.count(), TIMEOUT).toBe(1)
    expect(posted, 'what was published before anybody said so').toEqual([])
    expect(await page.getByRole('button', { name: 'Pause traffic' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Start traffic' }).click()
    await expect.poll(() => posted.length, TIMEOUT).toBeGreaterThan(2)
    expect(await asks.count()).toBe(0)
    await page.getByRole('button', { name: 'Pause traffic' }).click()
    await expect.poll(() => new URL(page.url()).search, TIMEOUT).toBe('?rate=10')
  })

  test('the way back leads through the rooms and then out, and not through the steps of a slider', async () => {
    const page = await bench.open('about:blank')
    await page.goto(`${bench.lab.url}/?room=first`)
    await whenAllAreOpen(page)
    const room = page.getByRole('textbox', { name: 'Room' })
    await room.fill('second')
    await room.press('Enter')
    await whenAllAreOpen(page)
    await page.getByRole('slider', { name: 'Rate' }).focus()
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight')
    await room.fill('second') // once more the same is no other place
    await room.press('Enter')
    const rate = new URL(page.url()).searchParams.get('rate')
    expect(rate).not.toBeNull()

    await page.goBack()
    await expect.poll(() => room.inputValue(), TIMEOUT).toBe('first')
    await whenAllAreOpen(page)
    expect(new URL(page.url()).searchParams.get('room')).toBe('first')
    expect(new URL(page.url()).searchParams.get('rate'), 'the slider stays where it is').toBe(rate)
    await write(laneAt(page, 'sse'), 'in the first')
    await whenAllShow(page, ['in the first'])

    await page.goForward()
    await expect.poll(() => room.inputValue(), TIMEOUT).toBe('second')
    await whenAllAreOpen(page)
    await page.goBack()
    await expect.poll(() => room.inputValue(), TIMEOUT).toBe('first')
    await whenAllAreOpen(page)
    await page.goBack()
    expect(page.url()).toBe('about:blank')
  })

  test('bad values are named, and the usual ones are used', async () => {
    const page = await bench.open('/?rate=fast&room=No+Way&size=128&running=perhaps')
    await whenAllAreOpen(page)
    expect(await page.locator('.complaint').allTextContents()).toEqual([
      expect.stringContaining('rate=fast is not a number from 0.2 to 50; using 2.'),
      expect.stringContaining('running=perhaps is neither 0 nor 1; using 0.'),
      expect.stringMatching(/room=No Way cannot be used: .*; using lobby\.$/),
    ])
    expect(await page.getByRole('slider', { name: 'Size' }).getAttribute('aria-valuetext')).toBe('128 bytes')
    expect(await page.getByRole('textbox', { name: 'Room' }).inputValue()).toBe('lobby')
  })
})
