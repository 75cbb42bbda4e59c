/** The six connections of a browser, and how HTTP/2 does away with them. */
import { expect, test } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import { createServerMetrics } from '../../server/observe/server-metrics.ts'
import { ownCertificate } from '../../server/tls/certificates.ts'
import { inBrowser } from './browser-bench.ts'
import { laneAt, TIMEOUT, whenAllAreOpen, whenAllShow, write } from './lab-page.ts'

const STREAMS = 7

inBrowser('over TLS, with a certificate that no authority has signed', (bench) => {
  test('a page has seven event streams at once, on one connection', async () => {
    const hub = new Hub()
    const metrics = createServerMetrics()
    await bench.lab.stop()
    await bench.lab.start({ hub, metrics, tls: await ownCertificate(null, ['127.0.0.1']) })
    bench.expectInConsole(/favicon\.ico/) // which belongs to a page, and this is none: nothing else is open
    const page = await bench.open('/project-run.json', { ignoreHTTPSErrors: true })
    await page.evaluate((count) => {
      const seen = Array.from({ length: count }, () => 0)
      for (const index of seen.keys()) {
        const source = new EventSource('/transports/sse/rooms/many/events')
        source.onmessage = ({ data }) => {
          seen[index] += JSON.parse(data).messages.length
        }
      }
      Object.assign(window, { seen })
    }, STREAMS)
    const all = <T>(value: T) => Array.from({ length: STREAMS }, () => value)
    const seen = () => page.evaluate(() => (window as unknown as { seen: number[] }).seen)
    await expect.poll(() => metrics.transport('sse').readers(), TIMEOUT).toBe(STREAMS)
    hub.room('many').publish({ draftId: 'd1', author: 'hub', text: 'to all seven' })
    await expect.poll(seen, TIMEOUT).toEqual(all(1))
    // And there is room for a question, for which there is none when six streams have all connections.
    const status = await page.evaluate(async () => (await fetch('/healthz')).status)
    expect(status).toBe(200)
    const protocol = await page.evaluate(
      () => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).nextHopProtocol,
    )
    expect(protocol).toBe('h2')
    // Whatever the browser has opened in reserve and not used is closed by then.
    await expect.poll(() => metrics.connections.sockets.size, TIMEOUT).toBe(1)
  })

  test('the lab page opens all its lanes on one connection, the WebSocket among them', async () => {
    const hub = new Hub()
    const metrics = createServerMetrics()
    await bench.lab.stop()
    await bench.lab.start({ hub, metrics, tls: await ownCertificate(null, ['127.0.0.1']) })
    const page = await bench.open('/?room=secure', { ignoreHTTPSErrors: true })
    await whenAllAreOpen(page)
    expect(metrics.transport('websocket').readers()).toBe(2) // its own lane, and the one that chooses it
    expect(metrics.transport('sse').readers()).toBe(1)
    // RFC 8441: no connection of its own. Those that the browser opened in reserve are closed by and by.
    await expect.poll(() => metrics.connections.sockets.size, TIMEOUT).toBe(1)
    await write(laneAt(page, 'websocket'), 'by a stream of HTTP/2')
    await whenAllShow(page, ['by a stream of HTTP/2'])
  })
})
