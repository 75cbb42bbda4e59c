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
})
