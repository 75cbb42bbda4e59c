/** What from-a-backend.md has you type is heard on every transport. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type ChatClient, createChatClient } from '../../lab/client/chat-client.ts'
import { platformOver } from '../../lab/verify/kit/network/network.ts'
import { startTestServer, type TestServer } from '../../lab/verify/kit/test-server.ts'
import type { ChatMessage } from '../../lab/wire/message.ts'
import { OVER_HTTP } from '../../transports/descriptors.ts'
import { loadClient } from '../../transports/load-client.ts'
import { comparable, examplesIn, root, type } from './examples.ts'

const TIMEOUT = { timeout: 60_000 }
const clients: ChatClient[] = []
let server: TestServer | null = null
afterAll(async () => {
  for (const client of clients) client.close()
  await server?.close()
})

function hasCurl(): boolean {
  try {
    return execFileSync('curl', ['--version'], { encoding: 'utf8' }).startsWith('curl')
  } catch {
    console.warn('\n*** curl is not installed: THE EXAMPLE OF A BACKEND WAS NOT TRIED ***\n')
    return process.env.CI !== undefined
  }
}

it.skipIf(!hasCurl())('a program with a token is heard by readers on every transport', async () => {
  server = await startTestServer()
  const { port } = server
  const heard = new Map<string, ChatMessage[]>()
  for (const name of OVER_HTTP) {
    const messages: ChatMessage[] = []
    const client = createChatClient(await loadClient(name, { intervalMs: 100 }), {
      baseUrl: new URL(`http://127.0.0.1:${port}/transports/${name}/rooms/builds/`),
      author: 'reader',
      platform: platformOver(),
    })
    client.onMessage((message) => messages.push(message))
    client.connect()
    clients.push(client)
    heard.set(name, messages)
  }
  for (const client of clients) await expect.poll(() => client.state.status, TIMEOUT).toBe('open')

  const examples = examplesIn(readFileSync(join(root, 'docs/reference/from-a-backend.md'), 'utf8'))
  for (const { command, answer, kind } of examples) {
    const printed = await type(command, port, null)
    expect(comparable(printed, kind), printed).toEqual(comparable(answer, kind))
  }
  for (const [name, messages] of heard) {
    await expect.poll(() => messages.length, { ...TIMEOUT, message: name }).toBe(1)
    expect(messages, name).toMatchObject([{ author: 'Build', text: 'Build 7 is green.' }])
    expect(messages[0]?.authorId, name).toMatch(/^[0-9a-f]{20}$/)
  }
})
