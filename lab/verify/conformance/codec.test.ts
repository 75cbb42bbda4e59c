/** The codec of WebSocket frames, held to RFC 6455; and the cases themselves, held to what they are there for. */
import { describe, expect, it } from 'vitest'
import * as encoder from '../../../transports/_formats/ws-encoder.ts'
import { FrameParser } from '../../../transports/_formats/ws-parser.ts'
import { bytesOf, type Codec, eventsOf, hex } from './codec/codec.ts'
import { codecDefects } from './codec/defects.ts'
import { framing } from './codec/framing.ts'
import { messages } from './codec/messages.ts'
import { plant } from './codec/planted.ts'

const sound: Codec = { FrameParser, ...encoder }
const CASES = [...framing, ...messages]

describe('the codec', () => {
  it.each(CASES)('$name', ({ run }) => run(sound))
})

/** What every hand-made server can do, and so what hides its defects. */
function saysHello(codec: Codec): void {
  const key = Uint8Array.of(9, 8, 7, 6)
  expect(eventsOf(codec, codec.clientFrame(1, bytesOf('hello'), key))).toEqual([
    ['text', hex(bytesOf('hello'))],
  ])
  expect(hex(codec.serverFrame(1, bytesOf('hello')))).toBe(`8105${hex(bytesOf('hello'))}`)
}

describe('with a defect', () => {
  it.each(codecDefects)('$name: caught by “$caughtBy”', async (defect) => {
    const codec = await plant(defect)
    saysHello(codec)
    const found = CASES.find(({ name }) => name === defect.caughtBy)
    expect(found, `there is no case “${defect.caughtBy}”`).toBeDefined()
    expect(() => found!.run(codec)).toThrow(defect.says)
  })

  it('has a name of its own for each case and each defect', () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length)
    expect(new Set(codecDefects.map(({ name }) => name)).size).toBe(codecDefects.length)
  })
})
