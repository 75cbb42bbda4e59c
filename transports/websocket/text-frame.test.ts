import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { compressedTextFrame } from './server-compression.ts'
import { textFrame } from './text-frame.ts'

describe('a text frame', () => {
  it('is the example of RFC 6455 §5.7', () => {
    expect(textFrame('Hello')).toEqual(Buffer.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]))
  })

  it.each([
    ['plain', textFrame, false],
    ['compressed', compressedTextFrame, true],
  ])(
    'of any length, %s, is read back by another implementation',
    async (_how, frameOf, perMessageDeflate) => {
      // Both sides of each border between the three ways to write a length.
      const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]
      const server = new WebSocketServer({ port: 0, perMessageDeflate })
      server.on('connection', (_peer, { socket }) => {
        for (const length of lengths) socket.write(frameOf('x'.repeat(length)))
      })
      const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
      const read: number[] = []
      client.on('message', (data) => read.push(String(data).length))
      await expect.poll(() => read).toEqual(lengths)
      client.close()
      await once(client, 'close')
      server.close()
    },
  )

  it('that is compressed says so, and is smaller', () => {
    const text = JSON.stringify(
      Array.from({ length: 20 }, (_, seq) => ({ seq, author: 'ada', text: 'hello' })),
    )
    expect(compressedTextFrame(text)[0]! & 0b0100_0000).not.toBe(0)
    expect(textFrame(text)[0]! & 0b0100_0000).toBe(0)
    expect(compressedTextFrame(text).length).toBeLessThan(textFrame(text).length / 2)
  })

  it('counts bytes, not characters', () => {
    expect(textFrame('é𝄞')[1]).toBe(6)
  })
})
