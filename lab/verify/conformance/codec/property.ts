/** One property says most of what a codec promises: what was sent is what comes, however it was cut. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Codec, type Event, hex, joined, listen } from './codec.ts'

const RUNS = Number(process.env.RUNS ?? 300)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

/** A message as it is sent: where it is cut into fragments, and the control frame that goes before each further one. */
const message = fc.record({
  isText: fc.boolean(),
  // Long enough to need each of the three ways of writing a length, though seldom.
  content: fc.oneof(
    { weight: 8, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 100, maxLength: 400 }) },
    { weight: 1, arbitrary: fc.constantFrom('é'.repeat(33_000), 'x'.repeat(65_536)) },
  ),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
  between: fc.constantFrom(null, 'ping', 'pong'),
  control: fc.uint8Array({ maxLength: 125 }),
})
type Message = typeof message extends fc.Arbitrary<infer T> ? T : never

const key = fc.uint8Array({ minLength: 4, maxLength: 4 })
/** How long one read after the other is; it begins again when it has come to its end. */
const reads = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), {
  minLength: 1,
  maxLength: 8,
})

export function sameMessages(codec: Codec): void {
  const property = fc.property(
    ...[fc.array(message, { maxLength: 4 }), key, reads, fc.boolean()],
    (messages, maskingKey, sizes, masked) => {
      const sent: Uint8Array[] = []
      const expected: Event[] = []
      const frame = (opcode: 0 | 1 | 2 | 9 | 10, payload: Uint8Array, fin = true) =>
        sent.push(
          masked
            ? codec.clientFrame(opcode, payload, maskingKey, { fin })
            : codec.serverFrame(opcode, payload, { fin }),
        )
      for (const one of messages) expected.push(...send(one, frame))
      const { events, take } = listen(codec, { masked })
      for (const read of cutInto(joined(sent), sizes)) take(read)
      expect(events).toEqual(expected)
    },
  )
  fc.assert(property, { numRuns: RUNS, seed: SEED })
}

function send(
  { isText, content, cuts, between, control }: Message,
  frame: (opcode: 0 | 1 | 2 | 9 | 10, payload: Uint8Array, fin?: boolean) => void,
): Event[] {
  const payload = new TextEncoder().encode(content)
  const borders = cuts.map((cut) => Math.round(cut * payload.length)).sort((a, b) => a - b)
  const ends = [...borders, payload.length]
  const expected: Event[] = []
  ends.forEach((end, index) => {
    if (index > 0 && between !== null) {
      frame(between === 'ping' ? 9 : 10, control)
      expected.push([between, hex(control)])
    }
    const opcode = index > 0 ? 0 : isText ? 1 : 2
    frame(opcode, payload.subarray(ends[index - 1] ?? 0, end), index === ends.length - 1)
  })
  return [...expected, [isText ? 'text' : 'binary', hex(payload)]]
}

function* cutInto(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + sizes[turn % sizes.length]!
    yield bytes.slice(at, end)
    at = end
  }
}
