/** The worker of chapter 14 in Node, with a stream that the test speaks on and the real ports of a channel. */
import { MessageChannel } from 'node:worker_threads'
import { afterAll, expect, test } from 'vitest'

const LIMIT = { timeout: 60_000 }

let opened = 0
let say: (data: string) => void = () => {}
class Stream {
  onmessage: (event: { data: string }) => void = () => {}
  constructor() {
    opened++
    say = (data) => this.onmessage({ data })
  }
}
type Port = InstanceType<typeof MessageChannel>['port1']
const world = globalThis as unknown as { EventSource: unknown; onconnect(event: { ports: unknown[] }): void }
const before = world.EventSource
world.EventSource = Stream
await import(new URL('worker.mjs', import.meta.url).href)
const ports: Port[] = []
afterAll(() => {
  world.EventSource = before
  for (const port of ports) port.close()
})

function openTab() {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  const heard: string[] = []
  port1.on('message', (data: string) => heard.push(data))
  // Of a node port, `onmessage` is a property too, as in the browser.
  world.onconnect({ ports: [port2] })
  return { heard, leave: () => port1.postMessage('bye') }
}

test('All tabs share one stream, a later one is told the last events, and one that has left is told no more.', async () => {
  const first = openTab()
  say('one')
  await expect.poll(() => first.heard, LIMIT).toEqual(['one'])
  const second = openTab()
  await expect.poll(() => second.heard, LIMIT).toEqual(['one'])
  say('two')
  await expect
    .poll(() => [first.heard, second.heard], LIMIT)
    .toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ])
  second.leave()
  const third = openTab()
  await expect.poll(() => third.heard, LIMIT).toEqual(['one', 'two']) // by then the goodbye has come, too
  await new Promise((resolve) => setTimeout(resolve, 20))
  say('three')
  await expect.poll(() => first.heard.at(-1), LIMIT).toBe('three')
  await expect.poll(() => third.heard.at(-1), LIMIT).toBe('three')
  expect(second.heard).toEqual(['one', 'two'])
  expect(opened).toBe(1)
})

test('A tab that comes late is told a hundred events, and no more are kept.', async () => {
  for (let n = 0; n < 150; n++) say(`event ${n}`)
  const late = openTab()
  await expect.poll(() => late.heard.length, LIMIT).toBe(100)
  expect([late.heard[0], late.heard.at(-1)]).toEqual(['event 50', 'event 149'])
})
