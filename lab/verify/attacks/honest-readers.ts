/**
 * Who was there first: a reader on every transport, in the room that is attacked, and a writer. Whatever
 * else happens, each must end with what the writer said, all of it, once, in order, and nothing besides.
 */
import { expect, vi } from 'vitest'
import { WebSocket } from 'ws'
import { loadClient } from '../../../transports/load-client.ts'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import { type ChatClient, createChatClient } from '../../client/chat-client.ts'
import { type Platform, systemClock } from '../../client/platform.ts'
import type { Certificate } from '../../server/tls/certificates.ts'
import { overTls } from '../kit/http2-fetch.ts'

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

const platform: Platform = { fetch, WebSocket, clock: systemClock, random: Math.random }

/** @param tls the certificate that the server shows; they speak HTTP/2 then, and WebSocket over TLS */
export async function seatHonestReaders(at: string, tls?: Certificate): Promise<HonestReaders> {
  const said: string[] = []
  const seats: { readonly name: string; readonly client: ChatClient; readonly read: string[] }[] = []
  for (const name of TRANSPORTS) {
    const client = createChatClient(await loadClient(name, { intervalMs: 200 }), {
      baseUrl: new URL(`${tls ? 'https' : 'http'}://${at}/transports/${name}/rooms/${ROOM}/`),
      author: 'honest',
      platform: { ...platform, ...(tls && overTls(tls)) },
    })
    const read: string[] = []
    client.onMessage(({ author, text }) => read.push(`${author}: ${text}`))
    client.connect()
    seats.push({ name, client, read })
  }
  await vi.waitFor(
    () => expect(seats.map(({ client }) => client.state.status)).toEqual(seats.map(() => 'open')),
    {
      timeout: 15_000,
    },
  )

  async function say(text = `message ${said.length}`) {
    const { client } = seats[said.length % seats.length]! // by each transport in turn
    said.push(`honest: ${text}`)
    await client.send(text)
  }
  async function allHaveRead() {
    const waiting = () => seats.filter(({ read }) => read.length < said.length).map(({ name }) => name)
    await vi.waitFor(() => expect(waiting()).toEqual([]), { timeout: 20_000, interval: 20 })
  }
  return {
    say,
    allHaveRead,
    async expectUnharmed() {
      await say()
      await allHaveRead()
      for (const { name, client, read } of seats) {
        expect(read, name).toEqual(said)
        expect(client.figures, name).toMatchObject({ duplicates: 0, lost: 0, gaps: 0, reconnects: 0 })
      }
    },
    close() {
      for (const { client } of seats) client.close()
    },
  }
}
