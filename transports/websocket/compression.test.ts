/** Compression, end to end: agreed on only when it is switched on, and done once for all. */
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Hub } from '../../lab/hub/hub.ts'
import { startTestServer } from '../../lab/verify/kit/test-server.ts'

async function openLab(compress: boolean) {
  const hub = new Hub()
  const server = await startTestServer({ hub, compress })
  const { port } = server
  async function join(offer: boolean) {
    const url = `ws://127.0.0.1:${port}/transports/websocket/rooms/lobby/socket`
    const socket = new WebSocket(url, { perMessageDeflate: offer })
    const texts: string[] = []
    socket.on('message', (data) => {
      const { page } = JSON.parse(String(data))
      for (const { text } of page?.messages ?? []) texts.push(text)
    })
    await once(socket, 'open')
    return { socket, texts, raw: (socket as unknown as { _socket: { bytesRead: number } })._socket }
  }
  const say = (text: string) => hub.room('lobby').publish({ draftId: text.slice(0, 9), author: 'ada', text })
  return { server, join, say }
}

const long = 'The same words again. '.repeat(200)

describe('compression', () => {
  it('is agreed on with those who offer it, and each reads the same', async () => {
    const { server, join, say } = await openLab(true)
    const packed = await join(true)
    const plain = await join(false)
    expect(packed.socket.extensions).toContain('permessage-deflate')
    expect(plain.socket.extensions).toBe('')
    say(long)
    say('short')
    for (const { texts } of [packed, plain]) await expect.poll(() => texts).toEqual([long, 'short'])
    expect(packed.raw.bytesRead).toBeLessThan(plain.raw.bytesRead / 5)
    await server.close()
  })

  it('works both ways', async () => {
    const { server, join } = await openLab(true)
    const { socket, texts } = await join(true)
    socket.send(JSON.stringify({ type: 'send', draft: { draftId: 'd', author: 'ada', text: long } }))
    await expect.poll(() => texts).toEqual([long])
    await server.close()
  })

  it('bounds what a message may grow to: a bomb is refused with 1009', async () => {
    const { server, join } = await openLab(true)
    const { socket } = await join(true)
    const closed = once(socket, 'close')
    socket.send(' '.repeat(50_000_000))
    expect((await closed)[0]).toBe(1009)
    await server.close()
  })

  it('is off unless asked for', async () => {
    const { server, join } = await openLab(false)
    expect((await join(true)).socket.extensions).toBe('')
    await server.close()
  })
})
