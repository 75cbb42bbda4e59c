/** What the first view costs a reader on a slow line, counted as the browser counts it: bytes on the wire, headers included. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { inBrowser } from './browser-bench.ts'
import { TIMEOUT, whenAllAreOpen } from './lab-page.ts'

/** The most that the first view may weigh, in bytes: on a slow phone's 180 kB/s it is less than a second. */
const MAX_BYTES = 150_000
const CALCULATOR = /project-run|choose-/

inBrowser('the first view of the lab page', (bench) => {
  it.each(['br', 'gzip'])('weighs at most 150 kB on the wire by %s', async (encoding) => {
    const page = await bench.open('about:blank', { extraHTTPHeaders: { 'accept-encoding': encoding } })
    const transfers = await countTransfers(page)
    await page.goto(bench.lab.url)
    await whenAllAreOpen(page)
    await page.waitForLoadState('load')
    // With all that is in the first view: the timeline, its worker, and the switches of the faults.
    await expect.poll(() => page.locator('lab-timeline canvas').count(), TIMEOUT).toBe(1)
    await expect
      .poll(() => page.locator('break-panel button[data-fault]').count(), TIMEOUT)
      .toBeGreaterThan(0)
    await expect.poll(() => page.workers().length, TIMEOUT).toBe(1)
    const worker = await weightOf(page.workers()[0]!.url(), encoding)

    expect(transfers.encodings()).toContain(encoding)
    const table = `${transfers.table()}\n${worker} the worker`
    expect(transfers.bytes() + worker, table).toBeLessThanOrEqual(MAX_BYTES)
    expect(transfers.urls().filter((url) => CALCULATOR.test(url))).toEqual([])
  })

  it('leads to the calculator, whose page with its figures is as light', async () => {
    const page = await bench.open('/')
    await page.getByRole('link', { name: 'Set your numbers' }).click()
    await page.waitForURL('**/choose')
    // What this first visit still waits for must not be counted with the second.
    await expect.poll(() => page.locator('rate-chart canvas').count(), TIMEOUT).toBe(1)
    const transfers = await countTransfers(page)
    await page.reload()
    await expect.poll(() => page.locator('rate-chart canvas').count(), TIMEOUT).toBe(1)
    await page.waitForLoadState('load')
    expect(transfers.urls().filter((url) => CALCULATOR.test(url)).length).toBeGreaterThan(0)
    expect(transfers.bytes(), transfers.table()).toBeLessThanOrEqual(MAX_BYTES)
  })

  it('is fetched a second time without a script or a style: they are kept for ever', async () => {
    const page = await bench.open('/')
    await whenAllAreOpen(page)
    const transfers = await countTransfers(page, { cache: true })
    await page.goto(bench.lab.url)
    await whenAllAreOpen(page)
    expect(transfers.urls()).toContain(`${bench.lab.url}/`)
    expect(transfers.urls().filter((url) => /\.(js|css)$/.test(url))).toEqual([])
  })
})

/** Head and body. A worker's own file is fetched where the page's network is not seen. */
async function weightOf(url: string, encoding: string): Promise<number> {
  const { headers, status } = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': encoding } })
  expect([status, headers.get('content-encoding')]).toEqual([200, encoding])
  const head = [...headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  return head + Number(headers.get('content-length'))
}

/** Follows what comes over the network from now on. */
async function countTransfers(page: Page, { cache = false } = {}) {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: !cache })
  const seen = new Map<string, { url: string; bytes: number; encoding: string }>()
  const kept = new Set<string>()
  session.on('Network.requestServedFromCache', ({ requestId }) => kept.add(requestId))
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (kept.has(requestId) || response.fromDiskCache) return
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    seen.set(requestId, {
      url: response.url,
      bytes: response.encodedDataLength,
      encoding: headers['content-encoding'] ?? '',
    })
  })
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const one = seen.get(requestId)
    if (one) one.bytes += encodedDataLength
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = seen.get(requestId)
    if (one) one.bytes = Math.max(one.bytes, encodedDataLength)
  })
  return {
    bytes: () => [...seen.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    urls: () => [...seen.values()].map(({ url }) => url),
    encodings: () => [...seen.values()].map((one) => one.encoding),
    table: () => [...seen.values()].map(({ url, bytes }) => `${bytes} ${url}`).join('\n'),
  }
}
