import { exercise, same } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

/** RFC 6455 §5.7: its examples, in its order, with what a parser must make of them. */
const SHORT: readonly (readonly [what: string, hex: string, events: readonly string[]])[] = [
  ['a text without a mask', '810548656c6c6f', ['1 Hello']],
  ['a text with a mask', '818537fa213d7f9f4d5158', ['1 Hello']],
  ['a text in two fragments', '010348656c 80026c6f', ['1 Hello']],
  ['a ping', '890548656c6c6f', ['ping Hello']],
  ['a pong with a mask', '8a8537fa213d7f9f4d5158', ['pong Hello']],
]
const ALL_EVENTS = SHORT.flatMap(([, , events]) => events)

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const ALL = Buffer.concat(SHORT.map(([, hex]) => bytesOf(hex)))

/** A long payload by its length: no reader wants to see 65,536 bytes. */
const told = (payload: Buffer) =>
  payload.length > 40 ? `${payload.length} bytes, the last is ${payload.at(-1)}` : String(payload)

function parsed({ createParser }: Work, chunks: readonly Buffer[]): string[] {
  const events: string[] = []
  const parser = createParser({
    onMessage: (opcode, payload) => events.push(`${opcode} ${told(payload)}`),
    onPing: (payload) => events.push(`ping ${told(payload)}`),
    onPong: (payload) => events.push(`pong ${told(payload)}`),
  })
  // Copies: a parser may write into what it is given, and another check looks for that.
  for (const chunk of chunks) parser.push(Buffer.from(chunk))
  return events
}

const cut = (bytes: Buffer, at: number) => [bytes.subarray(0, at), bytes.subarray(at)]
const oneByOne = (bytes: Buffer) => Array.from(bytes, (byte) => Buffer.of(byte))

/** The two long examples: 256 bytes and 64 KiB of binary. */
function long(length: number): { bytes: Buffer; header: number; events: string[] } {
  const payload = Buffer.alloc(length, 7)
  const header = length < 65_536 ? bytesOf('827e0100') : bytesOf('827f0000000000010000')
  return {
    bytes: Buffer.concat([header, payload]),
    header: header.length,
    events: [`2 ${length} bytes, the last is 7`],
  }
}

export default exercise<Work>(
  ['createParser'],
  [
    {
      name: 'each short example in one read',
      run(work) {
        for (const [what, hex, events] of SHORT) {
          same(
            `${what}, <${hex}>`,
            parsed(work, [bytesOf(hex)]),
            events,
            'FIN is the highest bit of the first byte. A message ends with the frame that has it; opcode 0 goes on.',
          )
        }
      },
    },
    {
      name: 'lengths of two bytes and of eight',
      run(work) {
        for (const length of [256, 65_536]) {
          const { bytes, events } = long(length)
          same(
            `a binary of ${length} bytes`,
            parsed(work, [bytes]),
            events,
            '126 and 127 say where the length is.',
          )
        }
      },
    },
    {
      name: 'all short examples in one read',
      run: (work) =>
        same(
          'the events',
          parsed(work, [ALL]),
          ALL_EVENTS,
          'What is left behind a frame begins the next one.',
        ),
    },
    {
      name: 'each short example, cut in two at every place',
      run(work) {
        for (const [what, hex, events] of SHORT) {
          const bytes = bytesOf(hex)
          for (let at = 1; at < bytes.length; at++) {
            same(
              `${what}, cut behind byte ${at}`,
              parsed(work, cut(bytes, at)),
              events,
              'Keep what is not a whole frame, and look again when more has come.',
            )
          }
        }
      },
    },
    {
      name: 'all short examples, a byte at a time',
      run: (work) =>
        same('the events', parsed(work, oneByOne(ALL)), ALL_EVENTS, 'A header may come in pieces too.'),
    },
    {
      name: 'long lengths, cut within their headers',
      run(work) {
        for (const length of [256, 65_536]) {
          const { bytes, header, events } = long(length)
          for (let at = 1; at <= header; at++) {
            same(
              `a binary of ${length} bytes, cut behind byte ${at}`,
              parsed(work, cut(bytes, at)),
              events,
              'Look whether the bytes of the length are there before you read them.',
            )
          }
        }
      },
    },
    {
      name: 'a ping between two fragments',
      run: (work) =>
        same(
          'the events of <010348656c 890170 80026c6f>',
          parsed(work, [bytesOf('010348656c 890170 80026c6f')]),
          ['ping p', '1 Hello'],
          'A control frame has no part in the message around it (RFC 6455 §5.4).',
        ),
    },
    {
      name: 'two messages in fragments, one after the other',
      run: (work) =>
        same(
          'the events of <0101 61 8001 62 0201 63 8001 64>',
          parsed(work, [bytesOf('010161 800162 020163 800164')]),
          ['1 ab', '2 cd'],
          'A message that is whole leaves nothing behind for the next.',
        ),
    },
    {
      name: 'the bytes that were read stay as they were',
      run({ createParser }) {
        const bytes = bytesOf('818537fa213d7f9f4d5158')
        createParser({ onMessage: () => {}, onPing: () => {}, onPong: () => {} }).push(bytes)
        same(
          'the chunk afterwards',
          bytes.toString('hex'),
          '818537fa213d7f9f4d5158',
          'Take the mask off a copy: `subarray` shares its memory, `Buffer.from(…)` does not.',
        )
      },
    },
  ],
)
