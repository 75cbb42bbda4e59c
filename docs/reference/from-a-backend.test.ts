/** What from-a-backend.md has you type is heard on every transport. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { buildLab } from '../../lab/app/build-lab.ts'
import { type ChatClient, createChatClient } from '../../lab/client/chat-client.ts'
import { type Platform, systemClock } from '../../lab/client/platform.ts'
import type { ChatMessage } from '../../lab/wire/message.ts'
import { loadClient } from '../../transports/load-client.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { comparable, examplesIn, root, type } from './examples.ts'

const PATIENCE = { timeout: 20_000 }
const platform: Platform = { fetch, WebSocket, clock: systemClock, random: Math.random }
const clients: ChatClient[] = []
let app: FastifyInstance | null = null
afterAll(async () => {
  for (const client of clients) client.close()
  await app?.close()
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
  app = await buildLab()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const heard = new Map<string, ChatMessage[]>()
  for (const name of TRANSPORTS) {
    const messages: ChatMessage[] = []
    const client = createChatClient(await loadClient(name, { intervalMs: 100 }), {
      baseUrl: new URL(`http://127.0.0.1:${port}/transports/${name}/rooms/builds/`),
      author: 'reader',
      platform,
    })
    client.onMessage((message) => messages.push(message))
    client.connect()
    clients.push(client)
    heard.set(name, messages)
  }
  for (const client of clients) await expect.poll(() => client.state.status, PATIENCE).toBe('open')

  const examples = examplesIn(readFileSync(join(root, 'docs/reference/from-a-backend.md'), 'utf8'))
  for (const { command, answer, kind } of examples) {
    const printed = await type(command, port, null)
    expect(comparable(printed, kind), printed).toEqual(comparable(answer, kind))
  }
  for (const [name, messages] of heard) {
    await expect.poll(() => messages.length, { ...PATIENCE, message: name }).toBe(1)
    expect(messages, name).toMatchObject([{ author: 'Build', text: 'Build 7 is green.' }])
    expect(messages[0]?.authorId, name).toMatch(/^[0-9a-f]{20}$/)
  }
})
