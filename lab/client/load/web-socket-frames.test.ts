import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textFrame } from '../../../transports/websocket/text-frame.ts'
import { clientFrame, createFrameWalker } from './web-socket-frames.ts'

const ping = (payload: string) => Buffer.concat([Buffer.from([0x89, payload.length]), Buffer.from(payload)])

function controlsIn(bytes: Buffer, cuts: readonly number[] = []): [number, string][] {
  const seen: [number, string][] = []
  const walker = createFrameWalker((opcode, payload) => seen.push([opcode, payload.toString()]))
  let from = 0
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    walker.take(bytes.subarray(from, cut))
    from = cut
  }
  return seen
}

describe('the frame walker', () => {
  const bytes = Buffer.concat([
    textFrame('short'),
    ping('one'),
    textFrame('x'.repeat(1_000)),
    ping(''),
    textFrame('x'.repeat(70_000)),
    ping('three'),
  ])

  it('finds the pings between frames of every size', () => {
    expect(controlsIn(bytes)).toEqual([
      [9, 'one'],
      [9, ''],
      [9, 'three'],
    ])
  })

  it('finds them wherever the network cuts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        expect(controlsIn(bytes, cuts)).toEqual(controlsIn(bytes))
      }),
    )
  })
})

it('what a client says is masked, and readable under its mask of zeros', () => {
  const frame = clientFrame('text', Buffer.from('40'))
  expect([...frame]).toEqual([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30])
})
