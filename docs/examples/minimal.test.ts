/** The sixty lines do what they say: a reader who waits is answered, one who comes late misses nothing. */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createMinimalServer } from './minimal.ts'

let server: Server | undefined
afterEach(() => server?.close())

async function start(holdMs?: number) {
  server = createMinimalServer(holdMs)
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`
  const read = async (since: number) => (await fetch(`${url}?since=${since}`)).json()
  const say = (body: string) => fetch(url, { method: 'POST', body })
  return { url, read, say }
}

test('A reader who waits is answered by the message that comes.', async () => {
  const { read, say } = await start()
  const waiting = read(0)
  await say('Hello')
  expect(await waiting).toEqual({ messages: ['Hello'], cursor: 1 })
})

test('A reader who comes late is given all that came after its cursor, once and in order.', async () => {
  const { read, say } = await start()
  for (const text of ['one', 'two', 'three']) await say(text)
  expect(await read(1)).toEqual({ messages: ['two', 'three'], cursor: 3 })
})

test('A poll that nothing answers ends empty, with the cursor that it came with.', async () => {
  const { read } = await start(20)
  expect(await read(0)).toEqual({ messages: [], cursor: 0 })
})

test('What is no cursor is refused with a sentence.', async () => {
  const { url } = await start()
  const response = await fetch(`${url}?since=yesterday`)
  expect([response.status, await response.text()]).toEqual([400, 'since must be a cursor\n'])
})

test('The example is at most 60 lines long.', () => {
  const text = readFileSync(join(import.meta.dirname, 'minimal.ts'), 'utf8')
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
})
