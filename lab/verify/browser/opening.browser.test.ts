/**
 * What keeps a reader on a slow line and a slow machine waiting until the lanes are open, counted and not timed: round
 * trips that follow one another, files that share six connections, and work that is done before the lanes connect.
 */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES, OVER_HTTP } from '../../../transports/descriptors.ts'
import { inBrowser } from './browser-bench.ts'
import { TIMEOUT, whenAllAreOpen } from './lab-page.ts'

/** Of the timeline: what its recording is read by. */
const IS_WORKER = /\/scope-worker-/

const isScript = (url: string) => /\.js$/.test(new URL(url).pathname)

/** Notes in the page, in their order: when a lane connects, when a conversation is drawn, when a script asks for a layout. */
const NOTE_STEPS = `(() => {
  const steps = (window.steps = [])
  const { setTimeout } = window
  // The page asks again when an answer takes too long. On a busy machine it would, in the middle of a test.
  window.setTimeout = (act, ms, ...more) => (window.isHeld && ms >= 1_000 ? 0 : setTimeout(act, ms, ...more))
  const connect = (url) => {
    const [, name] = /\\/transports\\/([^/]+)\\//.exec(String(url)) ?? []
    if (name) steps.push('connect ' + name)
  }
  const { fetch, WebSocket, EventSource } = window
  window.fetch = (url, ...more) => (connect(url?.url ?? url), fetch(url, ...more))
  for (const Socket of [WebSocket, EventSource]) {
    window[Socket.name] = class extends Socket {
      constructor(url, ...more) {
        super(url, ...more)
        connect(url)
      }
    }
  }
  const { attachShadow } = Element.prototype
  Element.prototype.attachShadow = function (...init) {
    if (this.localName === 'lane-log') steps.push('draw')
    return attachShadow.apply(this, init)
  }
  const { get } = Object.getOwnPropertyDescriptor(Element.prototype, 'scrollHeight')
  Object.defineProperty(Element.prototype, 'scrollHeight', {
    get() {
      steps.push('layout')
      return get.call(this)
    },
  })
})()`

const stepsOf = (page: Page) => page.evaluate('window.steps') as Promise<string[]>

inBrowser('until the lanes are open', (bench) => {
  test('the page asks for one script, which index.html names: each is a round trip on one of six connections', async () => {
    const page = await bench.open('about:blank')
    const asked: string[] = []
    page.on('request', (request) => void asked.push(request.url()))
    await page.goto(bench.lab.url)
    await whenAllAreOpen(page)
    const index = await (await fetch(bench.lab.url)).text()
    const named = [...index.matchAll(/(?:href|src)="([^"]+)"/g)].map(
      ([, name]) => new URL(name!, bench.lab.url).href,
    )
    // The worker is fetched when the lanes are open, and so is no part of the wait for them.
    const worker = asked.findIndex((url) => IS_WORKER.test(url))
    const scripts = (worker < 0 ? asked : asked.slice(0, worker)).filter(isScript)
    expect(scripts).toEqual(named.filter(isScript))
    expect(scripts).toHaveLength(1)
  })

  test('the lanes wait for nothing but who the reader is, and all connect before one of them is drawn', async () => {
    const page = await bench.open('about:blank')
    await page.addInitScript(NOTE_STEPS)
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/session', async (route) => {
      await released
      await route.continue()
    })
    const asked: string[] = []
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname))
    await page.addInitScript('window.isHeld = true')
    await page.goto(bench.lab.url)
    // On a slow line, the scripts have long been run when the answer comes. So they shall have been here.
    await expect.poll(() => page.locator('lab-page h1').count(), TIMEOUT).toBe(1)
    for (let frame = 0; frame < 3; frame++) await page.evaluate(() => new Promise(requestAnimationFrame))
    expect(asked).toContain('/session')
    expect(await stepsOf(page)).toEqual([])
    await page.evaluate('window.isHeld = false')
    release()
    await whenAllAreOpen(page)
    const steps = await stepsOf(page)
    const connected = new Set(steps.slice(0, steps.indexOf('draw')))
    // One that chooses connects by another's address.
    for (const name of LANES.filter((one) => OVER_HTTP.includes(one)))
      expect([...connected], steps.join(', ')).toContain(`connect ${name}`)
  })

  test('nothing makes the browser lay out the page for a conversation that is empty', async () => {
    const page = await bench.open('about:blank')
    await page.addInitScript(NOTE_STEPS)
    await page.goto(`${bench.lab.url}/?room=empty-${LANES.length}`)
    await whenAllAreOpen(page)
    const steps = await stepsOf(page)
    const last = steps.lastIndexOf('draw')
    expect(steps.slice(0, last).filter((step) => step === 'layout')).toEqual([])
  })
})
