import { expect, test } from 'vitest'
import { Hub } from '../../lab/hub/hub.ts'
import { PATIENCE, SERVER_IS_AWAY, whenAllAreOpen } from './lab-page.ts'
import { inBrowser } from './suite.ts'

inBrowser('the browser’s own EventSource', (stage) => {
  test('reads the stream of server-sent events, and resumes by itself when it is cut', async () => {
    // The hub outlives the server, as a log that is kept elsewhere would.
    const hub = new Hub()
    await stage.lab.stop()
    await stage.lab.start({ hub })
    const page = await stage.open('/?room=elsewhere')
    await whenAllAreOpen(page)
    stage.expectInConsole(SERVER_IS_AWAY)

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
    await expect.poll(seen, PATIENCE).toEqual(numbers(3))

    publish(2)
    await expect.poll(seen, PATIENCE).toEqual(numbers(5))
    await stage.lab.stop()
    publish(250) // more than a page holds
    await stage.lab.start({ hub })
    await expect.poll(async () => (await seen()).length, PATIENCE).toBeGreaterThanOrEqual(255)
    publish(1)
    await expect.poll(async () => (await seen()).at(-1), PATIENCE).toBe(256)
    expect(await seen()).toEqual(numbers(256))
    await expect.poll(() => resumedFrom.at(-1), PATIENCE).toBe(`${room.epoch}:5`)
    expect(resumedFrom[0]).toBeUndefined()
  })

  // The two that the course names: why the lab's own client reads the stream by fetch.
  test('tells a script nothing of heartbeats', async () => {
    const page = await stage.open('/?room=elsewhere')
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
    const page = await stage.open('/?room=elsewhere')
    stage.expectInConsole(/status of 502/)
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
