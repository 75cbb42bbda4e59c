/** The lab page in Firefox, and Firefox and Chromium in one conversation. */
import type { Browser as Firefox, Page as FirefoxPage } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { createServerMetrics } from '../../server/observe/server-metrics.ts'
import { ownCertificate } from '../../server/tls/certificates.ts'
import { chromiumPath, launch, openPage, type RunningLab, startLab } from '../browser/browser.ts'
import { laneAt, whenAllAreOpen, whenAllShow, write } from '../browser/lab-page.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { firefoxPath, lanesOf, launchFirefox, writeInto } from './firefox.ts'

/** Generous, in milliseconds: the machine may be busy with other tests. */
const TIMEOUT = { timeout: 40_000, interval: 50 }

/** What Firefox writes by itself when there is no server, or when it is closing; no script can keep it from that. */
const SERVER_IS_AWAY =
  /^503 .*("stopping"|\(unread\))|can’t establish a connection|was interrupted while the page was loading/

if (firefoxPath) describe('Firefox', { timeout: 120_000 }, inFirefox)
else skipLoudly('Firefox', 'firefox-esr')

function inFirefox(): void {
  let firefox: Firefox
  let lab: RunningLab
  let page: FirefoxPage | null = null
  const complaints: string[] = []
  let expected: RegExp | null = null

  beforeAll(async () => {
    ;[firefox, lab] = await Promise.all([launchFirefox(), startLab()])
  }, 90_000)
  afterEach(async () => {
    await page?.close()
    page = null
    const unexpected = complaints.splice(0).filter((line) => !expected?.test(line))
    expected = null
    expect(unexpected, 'what Firefox complained about').toEqual([])
  })
  afterAll(async () => {
    await firefox?.close()
    await lab?.close()
  })

  async function open(room: string): Promise<FirefoxPage> {
    const opened = await firefox.newPage()
    page = opened
    opened.on('console', (message) => {
      if (['error', 'warn', 'assert'].includes(message.type()))
        complaints.push(`${message.type()}: ${message.text()}`)
    })
    opened.on('response', async (answer) => {
      if (answer.status() < 400) return
      const text = await answer.text().catch(() => '(unread)') // its connection is gone, or the page
      complaints.push(`${answer.status()} ${answer.url()} ${text}`)
    })
    opened.on('pageerror', (error) => complaints.push(`uncaught: ${error}`))
    await opened.goto(`${lab.url}/?room=${room}`)
    const states = async () => (await lanesOf(opened)).map(({ state }) => state)
    await expect.poll(states, TIMEOUT).toEqual(LANES.map(() => expect.stringMatching(/: open$/)))
    return opened
  }
  const allShow = (opened: FirefoxPage, texts: readonly string[]) =>
    expect
      .poll(async () => (await lanesOf(opened)).map((lane) => [...lane.texts].sort()), TIMEOUT)
      .toEqual(LANES.map(() => [...texts].sort()))

  it('opens every lane, and what is written in one appears in all', async () => {
    const opened = await open('firefox')
    const texts = LANES.map((name) => `by ${name}`)
    for (const [index, text] of texts.entries()) await writeInto(opened, index, text)
    await allShow(opened, texts)
  })

  it('comes back on every lane when the server was restarted', async () => {
    const opened = await open('firefox-restart')
    expected = SERVER_IS_AWAY
    await lab.stop()
    const states = async () => (await lanesOf(opened)).map(({ state }) => state)
    await expect.poll(states, TIMEOUT).toEqual(LANES.map(() => expect.stringMatching(/: waiting to retry/)))
    await writeInto(opened, 0, 'written meanwhile')
    await lab.start()
    await allShow(opened, ['written meanwhile'])
  })

  it('opens its WebSocket on the page’s own connection of HTTP/2', async () => {
    const metrics = createServerMetrics()
    await lab.stop()
    await lab.start({ metrics, tls: await ownCertificate(null, ['127.0.0.1']) })
    const opened = await open('firefox-tls')
    // Its own lane, and the one that chooses it.
    expect(metrics.transport('websocket').readers()).toBe(2)
    // Those that it has opened in reserve are closed by and by.
    await expect.poll(() => metrics.connections.sockets.size, TIMEOUT).toBe(1)
    await writeInto(opened, LANES.indexOf('websocket'), 'by a stream')
    await allShow(opened, ['by a stream'])
    await opened.close()
    page = null
    await lab.stop()
    await lab.start({ tls: undefined })
  })

  it.runIf(chromiumPath)('speaks with Chromium, each by every transport', async () => {
    const opened = await open('both')
    const chromium = await launch()
    try {
      const other = await openPage(chromium, `${lab.url}/?room=both`)
      await whenAllAreOpen(other.page)
      const texts: string[] = []
      for (const [index, name] of LANES.entries()) {
        texts.push(`Firefox by ${name}`, `Chromium by ${name}`)
        await writeInto(opened, index, `Firefox by ${name}`)
        await write(laneAt(other.page, index), `Chromium by ${name}`)
      }
      await allShow(opened, texts)
      await whenAllShow(other.page, texts)
      expect(other.complaints).toEqual([])
    } finally {
      await chromium.close()
    }
  })
}
