import { describe, expect, it } from 'vitest'
import { asPcapng, type CapturedConnection } from './pcapng.ts'

const utf8 = new TextEncoder()
const said = (direction: 'toServer' | 'toClient', at: number, offset: number, text: string) => ({
  ...{ direction, at, offset },
  bytes: utf8.encode(text),
})
const CONNECTION: CapturedConnection = {
  ...{ id: 3, lane: 'sse', opened: 1_700_000_000_000.25, closed: 1_700_000_000_009, by: 'client' },
  segments: [
    said('toServer', 1_700_000_000_001, 0, 'ask'),
    said('toClient', 1_700_000_000_002.5, 0, 'x'.repeat(20_000)),
  ],
}

/** The blocks of a pcapng file, each with its length checked from both ends. */
function blocksOf(file: Uint8Array): { type: number; body: DataView }[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const blocks = []
  for (let at = 0; at < file.length; ) {
    const length = view.getUint32(at + 4, true)
    expect(length % 4).toBe(0)
    expect(view.getUint32(at + length - 4, true)).toBe(length)
    blocks.push({
      type: view.getUint32(at, true),
      body: new DataView(file.buffer, file.byteOffset + at + 8, length - 12),
    })
    at += length
  }
  return blocks
}

function packetsOf(file: Uint8Array) {
  return blocksOf(file)
    .filter(({ type }) => type === 6)
    .map(({ body }) => {
      const time = (body.getUint32(4, true) * 2 ** 32 + body.getUint32(8, true)) / 1_000
      const length = body.getUint32(12, true)
      const packet = new DataView(body.buffer, body.byteOffset + 20, length)
      return {
        time,
        packet,
        ports: [packet.getUint16(20), packet.getUint16(22)],
        seq: packet.getUint32(24),
        ack: packet.getUint32(28),
        flags: packet.getUint8(33),
        payload: new Uint8Array(body.buffer, body.byteOffset + 60, length - 40),
      }
    })
}

/** RFC 1071: over a header with its own sum in it, the sum is all ones. */
function sumOf(view: DataView, start = 0): number {
  let sum = start
  for (let at = 0; at < view.byteLength; at += 2)
    sum += (view.getUint8(at) << 8) | (at + 1 < view.byteLength ? view.getUint8(at + 1) : 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return sum
}

describe('a capture for Wireshark', () => {
  it('is a section, an interface of bare IP packets, and the packets', () => {
    const blocks = blocksOf(asPcapng([CONNECTION], 'why'))
    expect(blocks.slice(0, 2).map(({ type }) => type)).toEqual([0x0a0d0d0a, 1])
    expect(blocks[0]!.body.getUint32(0, true)).toBe(0x1a2b3c4d)
    expect(blocks[1]!.body.getUint16(0, true)).toBe(101)
    expect(new Set(blocks.slice(2).map(({ type }) => type))).toEqual(new Set([6]))
  })

  it('has a handshake, the bytes in order and an end, whose numbers follow from each other', () => {
    const packets = packetsOf(asPcapng([CONNECTION], ''))
    expect(packets.map(({ flags, seq, ack, payload }) => [flags, seq, ack, payload.length])).toEqual([
      [0x02, 0, 0, 0],
      [0x12, 0, 1, 0],
      [0x10, 1, 1, 0],
      [0x18, 1, 1, 3],
      [0x18, 1, 4, 16_384],
      [0x18, 16_385, 4, 20_000 - 16_384],
      [0x11, 20_001, 4, 0],
      [0x11, 4, 20_002, 0],
      [0x10, 20_002, 5, 0],
    ])
    expect(packets[3]!.ports).toEqual([1_027, 80])
    expect(new TextDecoder().decode(packets[3]!.payload)).toBe('ask')
    expect(packets.map(({ time }) => time)).toEqual(packets.map(({ time }) => time).sort((a, b) => a - b))
    expect(packets[0]!.time).toBe(1_700_000_000_000.25)
  })

  it('has sums that a receiver would accept', () => {
    for (const { packet } of packetsOf(asPcapng([CONNECTION], ''))) {
      const ip = new DataView(packet.buffer, packet.byteOffset, 20)
      expect(sumOf(ip)).toBe(0xffff)
      const tcp = new DataView(packet.buffer, packet.byteOffset + 20, packet.byteLength - 20)
      const addresses = new DataView(packet.buffer, packet.byteOffset + 12, 8)
      expect(sumOf(tcp, sumOf(addresses) + 6 + tcp.byteLength)).toBe(0xffff)
    }
  })

  it('leaves a hole in the numbers where bytes are no longer kept', () => {
    const late = { ...CONNECTION, closed: null, segments: [said('toClient', 1_700_000_000_003, 500, 'rest')] }
    expect(packetsOf(asPcapng([late], '')).at(-1)).toMatchObject({ seq: 501 })
  })
})
