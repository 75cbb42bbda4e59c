/**
 * Who was there first: a reader on every transport, in the room that is attacked, and a writer. Whatever
 * else happens, each must end with what the writer said, all of it, once, in order, and nothing besides.
 */
import { expect, vi } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { loadClient } from '../../../transports/load-client.ts'
import { type ChatClient, createChatClient } from '../../client/chat-client.ts'
import type { Certificate } from '../../server/tls/certificates.ts'
import { overTls } from '../kit/network/http2-fetch.ts'
import { platformOver } from '../kit/network/network.ts'

export const ROOM = 'square'

export interface HonestReaders {
  /** The writer says something; resolves when the server has accepted it. */
  say(text?: string): Promise<void>
  /** Resolves when all have read as many messages as were said. */
  allHaveRead(): Promise<void>
  /** Fails unless all have read what was said, and nothing else. */
  expectUnharmed(): Promise<void>
  close(): void
}

/** @param tls the certificate that the server shows; they speak HTTP/2 then, and WebSocket over TLS */
export async function joinHonestReaders(at: string, tls?: Certificate): Promise<HonestReaders> {
  const said: string[] = []
  const readers: { readonly name: string; readonly client: ChatClient; readonly read: string[] }[] = []
  for (const name of OVER_HTTP) {
    const client = createChatClient(await loadClient(name, { intervalMs: 200 }), {
      baseUrl: new URL(`${tls ? 'https' : 'http'}://${at}/transports/${name}/rooms/${ROOM}/`),
      author: 'honest',
      platform: platformOver(tls && overTls(tls)),
    })
    const read: string[] = []
    client.onMessage(({ author, text }) => read.push(`${author}: ${text}`))
    client.connect()
    readers.push({ name, client, read })
  }
  await vi.waitFor(
    () => expect(readers.map(({ client }) => client.state.status)).toEqual(readers.map(() => 'open')),
    {
      timeout: 15_000,
    },
  )

  async function say(text = `message ${said.length}`) {
    const { client } = readers[said.length % readers.length]! // by each transport in turn
    said.push(`honest: ${text}`)
    await client.send(text)
  }
  async function allHaveRead() {
    const waiting = () => readers.filter(({ read }) => read.length < said.length).map(({ name }) => name)
    await vi.waitFor(() => expect(waiting()).toEqual([]), { timeout: 20_000, interval: 20 })
  }
  return {
    say,
    allHaveRead,
    async expectUnharmed() {
      await say()
      await allHaveRead()
      for (const { name, client, read } of readers) {
        expect(read, name).toEqual(said)
        expect(client.figures, name).toMatchObject({ duplicates: 0, lost: 0, gaps: 0, reconnects: 0 })
      }
    },
    close() {
      for (const { client } of readers) client.close()
    },
  }
}
