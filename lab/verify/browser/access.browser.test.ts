import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { violationsOn } from './axe.ts'
import { inBrowser } from './browser-bench.ts'
import { everyLane, laneAt, openPanel, TIMEOUT, textsIn, whenAllAreOpen, write } from './lab-page.ts'

/** A page with something in every corner: messages, traffic, a lane that is off, a text that waits. */
async function populate(page: Page): Promise<void> {
  await whenAllAreOpen(page)
  await write(laneAt(page, 'short-polling'), 'a word that does not break: '.padEnd(200, 'x'))
  for (let n = 0; n < 3; n++) await page.getByRole('button', { name: 'Step' }).click()
  const last = laneAt(page, LANES.length - 1)
  await expect.poll(async () => (await textsIn(last)).length, TIMEOUT).toBeGreaterThanOrEqual(4)
  await last.getByRole('button', { name: /^Disconnect/ }).click()
  await write(last, 'waits')
  await expect.poll(() => last.locator('.pending').count(), TIMEOUT).toBe(1)
}

inBrowser('the lab page for everybody', (bench) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1440]) {
      test(`axe finds nothing: ${colorScheme}, ${width} px`, async () => {
        const page = await bench.open(`/?room=axe-${colorScheme}-${width}&rate=bad`, {
          colorScheme,
          viewport: { width, height: 900 },
        })
        await populate(page)
        expect(await violationsOn(page)).toEqual([])
      })
    }
  }

  test.each([360, 768, 1440])('nothing sticks out to the side at %i px', async (width) => {
    const page = await bench.open(`/?room=wide-${width}`, { viewport: { width, height: 800 } })
    await populate(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    for (const lane of everyLane(page)) {
      const hidden = await lane.locator('.scroll').evaluate((box) => box.scrollWidth - box.clientWidth)
      expect(hidden, 'how far the conversation is cut off at its side').toBe(0)
    }
    const lefts = await Promise.all(
      everyLane(page).map(async (lane) => Math.round((await lane.boundingBox())?.x ?? -1)),
    )
    // On a phone the lanes are one row of which one lane is in view.
    const columns = { 360: LANES.length, 768: 4, 1440: LANES.length }[width]
    expect(new Set(lefts).size).toBe(Math.min(columns!, LANES.length))
    const inView = lefts.filter((left) => left >= 0 && left < width)
    expect(inView.length).toBe(width === 360 ? 1 : LANES.length)
  })

  test('the keyboard reaches every control, in reading order, and one sees where it is', async () => {
    const page = await bench.open('/?room=keys')
    await whenAllAreOpen(page)
    const met: string[] = []
    for (let step = 0; step < 250; step++) {
      await page.keyboard.press('Tab')
      const { name, outline } = await page.evaluate(focused)
      if (name === null) break
      expect(outline, `the outline of ${name}`).not.toBe('none')
      met.push(name)
    }
    const person = ['Hold this name', 'Sign in or up']
    const traffic = ['Start traffic', 'Step', 'Reset', 'Rate', 'Size']
    const wanted = [
      'Skip to the lanes',
      'Your name',
      'Room',
      'Rooms…',
      'Colours',
      'Copy link',
      'Present',
      ...person,
      ...traffic,
    ]
    expect(met.slice(0, wanted.length)).toEqual(wanted)
    const perLane = ['Disconnect', 'Conversation by', 'Message by', 'Attach files by', 'Send']
    const inLanes = met.filter((name) => perLane.some((start) => name.startsWith(start)))
    expect(inLanes.map((name) => perLane.find((start) => name.startsWith(start)))).toEqual(
      LANES.flatMap(() => perLane),
    )
    expect(met).toEqual(expect.arrayContaining(['Poll interval', 'Hold time', 'Copy']))
  })

  test('the first stop of the keyboard leads past all controls to the first lane', async () => {
    const page = await bench.open('/?room=skip')
    await whenAllAreOpen(page)
    await page.keyboard.press('Tab')
    expect((await page.evaluate(focused)).name).toBe('Skip to the lanes')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect((await page.evaluate(focused)).name).toMatch(/^Disconnect /)
    expect(await page.getByRole('textbox', { name: 'Room', exact: true }).inputValue()).toBe('skip')
    await whenAllAreOpen(page)
  })

  test('a message is one thing to a screen reader: who, what, when, and after how many milliseconds', async () => {
    const page = await bench.open('/?room=articles&name=Ada')
    await whenAllAreOpen(page)
    await write(laneAt(page, 0), 'good morning')
    for (const lane of everyLane(page)) {
      const name = /^Ada: good morning, \d\d:\d\d:\d\d, shown after [\d.,]+ m?s$/
      await expect.poll(() => lane.getByRole('article', { name }).count(), TIMEOUT).toBe(1)
    }
  })

  test('a reader who scrolls up is left there, and told what is new', async () => {
    const page = await bench.open('/?room=scrolled')
    await whenAllAreOpen(page)
    const lane = laneAt(page, 'websocket')
    const publish = async (n: number) => {
      for (let i = 0; i < n; i++) await page.getByRole('button', { name: 'Step' }).click()
    }
    const shown = async (n: number) => expect.poll(async () => (await textsIn(lane)).length, TIMEOUT).toBe(n)
    const distance = () =>
      lane.locator('.scroll').evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop)
    await publish(30)
    await shown(30)
    await expect.poll(distance, TIMEOUT).toBeLessThan(2)
    await lane.getByRole('log').focus()
    await page.keyboard.press('Home')
    await expect.poll(distance, TIMEOUT).toBeGreaterThan(100)
    await publish(3)
    await shown(33)
    expect(await lane.locator('.scroll').evaluate((box) => box.scrollTop)).toBe(0)
    await lane.getByRole('button', { name: '3 new' }).click()
    await expect.poll(distance, TIMEOUT).toBeLessThan(2)
  })

  test('only the lane in use is read out, and none while traffic runs', async () => {
    const page = await bench.open('/?room=spoken')
    await whenAllAreOpen(page)
    const spoken = () =>
      Promise.all(everyLane(page).map((lane) => lane.getByRole('log').getAttribute('aria-live')))
    expect(await spoken()).toEqual(LANES.map(() => 'off'))
    await laneAt(page, 'long-polling').getByRole('textbox').focus()
    await expect.poll(spoken, TIMEOUT).toEqual(LANES.map((_, index) => (index === 1 ? 'polite' : 'off')))
    await page.getByRole('button', { name: 'Start traffic' }).click()
    await laneAt(page, 'long-polling').getByRole('textbox').focus()
    await expect.poll(spoken, TIMEOUT).toEqual(LANES.map(() => 'off'))
  })

  test('the reader’s colours win over the system’s, and are remembered', async () => {
    const page = await bench.open('/?room=theme', { colorScheme: 'light' })
    await whenAllAreOpen(page)
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    const light = await paper()
    await page.getByRole('combobox', { name: 'Colours' }).selectOption('dark')
    const dark = await paper()
    expect(dark).not.toBe(light)
    await page.reload()
    await whenAllAreOpen(page)
    expect(await paper()).toBe(dark)
    expect(await page.getByRole('combobox', { name: 'Colours' }).inputValue()).toBe('dark')
  })

  test('a reader who wants less motion gets no transitions, and a chart that moves at most once a second', async () => {
    const drawsOf = async (reducedMotion: 'reduce' | 'no-preference') => {
      const page = await bench.open('/?room=motion&rate=5', { reducedMotion })
      await whenAllAreOpen(page)
      await page.getByRole('button', { name: 'Start traffic' }).click()
      // It is fetched when a reader comes near it.
      await openPanel(page, 'latency')
      const chart = page.locator('latency-chart')
      const canvas = chart.locator('canvas')
      // Again and again: what comes into the page above it moves it away.
      await expect
        .poll(async () => {
          await chart.evaluate((element) => element.scrollIntoView({ block: 'center' }))
          return canvas.evaluate(({ style }) => style.display)
        }, TIMEOUT)
        .toBe('block')
      await expect.poll(() => page.locator('latency-chart p').count(), TIMEOUT).toBe(0)
      const transition = await page
        .locator('traffic-generator')
        .getByRole('button', { name: 'Reset' })
        .evaluate((button) => getComputedStyle(button).transitionDuration)
      // Counted by the page's own clock, so that a slow machine changes nothing.
      const { draws, seconds } = await page.evaluate(countDraws, 4_000)
      await page.close() // its traffic would slow the next one down
      return { draws, seconds, transition }
    }
    const less = await drawsOf('reduce')
    expect(less.transition).toBe('0s')
    expect(less.draws).toBeLessThanOrEqual(Math.ceil(less.seconds) + 1)
    const usual = await drawsOf('no-preference')
    expect(usual.transition).not.toBe('0s')
    // How much more often, is the machine's affair: a busy one draws when it can.
    expect(usual.draws / usual.seconds).toBeGreaterThan(less.draws / less.seconds)
  })
})

/** Runs in the page: what has the focus, by the name that it is known by. */
function focused(): { name: string | null; outline: string } {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  if (!element || element === document.body) return { name: null, outline: '' }
  const label =
    element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels?.[0] : null
  const words =
    element.getAttribute('aria-label') ?? label?.firstChild?.textContent ?? element.textContent ?? ''
  return { name: words.replace(/\s+/g, ' ').trim(), outline: getComputedStyle(element).outlineStyle }
}

/** Runs in the page: how often its charts were drawn in `ms` milliseconds. */
async function countDraws(ms: number): Promise<{ draws: number; seconds: number }> {
  const canvas = CanvasRenderingContext2D.prototype
  const { clearRect } = canvas
  const start = performance.now()
  let draws = 0
  canvas.clearRect = function (...args) {
    draws++
    clearRect.apply(this, args)
  }
  await new Promise((resolve) => setTimeout(resolve, ms))
  canvas.clearRect = clearRect
  return { draws, seconds: (performance.now() - start) / 1_000 }
}
