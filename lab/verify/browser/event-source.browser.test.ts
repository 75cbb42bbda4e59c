import { expect, test } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import { inBrowser } from './browser-bench.ts'
import { SERVER_IS_AWAY, TIMEOUT, whenAllAreOpen } from './lab-page.ts'

inBrowser('the browser’s own EventSource', (bench) => {
  test('reads the stream of server-sent events, and resumes by itself when it is cut', async () => {
    // The hub outlives the server, as a log that is kept elsewhere would.
    const hub = new Hub()
    await bench.lab.stop()
    await bench.lab.start({ hub })
    const page = await bench.open('/?room=elsewhere')
    await whenAllAreOpen(page)
    bench.expectInConsole(SERVER_IS_AWAY)

    const room = hub.room('native')
    let drafts = 0
    const publish = (count: number) => {
      for (let n = 0; n < count; n++)
        room.publish({ draftId: `d${drafts++}`, author: 'hub', text: 'text\r\nwith: lines' })
    }
    publish(3)
    const resumedFrom: (string | undefined)[] = []
    page.on('request', async (request) => {
      if (!request.url().endsWith('/rooms/native/events')) return
      const headers = await request.allHeaders().catch(() => ({}) as Record<string, string>)
      resumedFrom.push(headers['last-event-id'])
    })
    await page.evaluate(() => {
      const source = new EventSource('/transports/sse/rooms/native/events')
      const seen: number[] = []
      source.onmessage = ({ data }) => {
        for (const { seq } of JSON.parse(data).messages) seen.push(seq)
      }
      Object.assign(window, { seen })
    })
    const seen = () => page.evaluate(() => (window as unknown as { seen: number[] }).seen)
    const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
    await expect.poll(seen, TIMEOUT).toEqual(numbers(3))

    publish(2)
    await expect.poll(seen, TIMEOUT).toEqual(numbers(5))
    await bench.lab.stop()
    publish(250) // more than a page holds
    await bench.lab.start({ hub })
    await expect.poll(async () => (await seen()).length, TIMEOUT).toBeGreaterThanOrEqual(255)
    publish(1)
    await expect.poll(async () => (await seen()).at(-1), TIMEOUT).toBe(256)
    expect(await seen()).toEqual(numbers(256))
    await expect.poll(() => resumedFrom.at(-1), TIMEOUT).toBe(`${room.epoch}:5`)
    expect(resumedFrom[0]).toBeUndefined()
  })

  // The two that the course names: why the lab's own client reads the stream by fetch.
  test('tells a script nothing of heartbeats', async () => {
    const page = await bench.open('/?room=elsewhere')
    const stream = ':\nretry: 60000\n:\ndata: one\n\n:\n'
    await page.route('**/heartbeats', (route) =>
      route.fulfill({ contentType: 'text/event-stream', body: stream }),
    )
    const heard = await page.evaluate(async () => {
      const source = new EventSource('/heartbeats')
      const heard: string[] = []
      for (const type of ['open', 'message'])
        source.addEventListener(type, (event) => heard.push(`${type} ${(event as MessageEvent).data ?? ''}`))
      await new Promise((ended) => source.addEventListener('error', ended)) // the end of the stream
      source.close()
      return heard
    })
    expect(heard).toEqual(['open ', 'message one'])
  })

  test('comes back after a stream that ended, and never again after a 502', async () => {
    const page = await bench.open('/?room=elsewhere')
    bench.expectInConsole(/status of 502/)
    const answers = [200, 502, 200]
    let asked = 0
    await page.route('**/deployed', (route) => {
      const status = answers[asked++] ?? 200
      return route.fulfill({ status, contentType: 'text/event-stream', body: 'retry: 1\n' })
    })
    const state = await page.evaluate(async () => {
      const source = new EventSource('/deployed')
      while (source.readyState !== EventSource.CLOSED)
        await new Promise((failed) => source.addEventListener('error', failed, { once: true }))
      return source.readyState // CLOSED is for ever (WHATWG HTML §9.2.3)
    })
    expect(state).toBe(2)
    expect(asked).toBe(2)
  })
})
