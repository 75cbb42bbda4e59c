import { textFrame } from '../../../transports/websocket/text-frame.ts'
import { exercise, same } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

function decoded({ createDecoder }: Work, ...chunks: Buffer[]): string[] {
  const texts: string[] = []
  const decoder = createDecoder((text) => texts.push(text))
  for (const chunk of chunks) decoder.push(chunk)
  return texts
}

const bytesOf = (bytes: Buffer): Buffer[] => Array.from(bytes, (byte) => Buffer.from([byte]))

/** Long texts by their lengths: no reader wants to see 70,000 characters. */
const lengths = (texts: readonly string[]) => texts.map((text) => text.length)

export default exercise<Work>(
  ['createDecoder'],
  [
    {
      name: 'one short frame',
      run: (work) => same('the texts in <81024869>', decoded(work, textFrame('Hi')), ['Hi']),
    },
    {
      name: 'an empty frame',
      run: (work) =>
        same('the texts in <8100>', decoded(work, textFrame('')), [''], 'A length of 0 is a length.'),
    },
    {
      name: 'lengths of two bytes and of eight',
      run(work) {
        for (const length of [125, 126, 65_535, 65_536, 70_000]) {
          const texts = decoded(work, textFrame('x'.repeat(length)))
          same(
            `a text of ${length} times “x”`,
            texts.map((text) => `${text.length} characters, the first are ${text.slice(0, 3)}`),
            [`${length} characters, the first are xxx`],
            '126 and 127 are not lengths: they say where the length is.',
          )
        }
      },
    },
    {
      name: 'two frames in one chunk',
      run: (work) =>
        same(
          'the texts in <81036f6e65810374776f>',
          decoded(work, Buffer.concat([textFrame('one'), textFrame('two')])),
          ['one', 'two'],
          'One read is not one frame.',
        ),
    },
    {
      name: 'a frame that comes byte by byte',
      run: (work) =>
        same(
          'the first letters of two texts',
          decoded(work, ...bytesOf(textFrame('tea')), ...bytesOf(textFrame('y'.repeat(200)))).map((text) =>
            text.slice(0, 3),
          ),
          ['tea', 'yyy'],
          'Keep what is not a whole frame yet, and look again when more has come.',
        ),
    },
    {
      name: 'a character that is cut in two',
      run: (work) =>
        same(
          'the texts',
          decoded(work, ...bytesOf(textFrame('é 🫖'))),
          ['é 🫖'],
          'Decode UTF-8 when the frame is whole.',
        ),
    },
    {
      name: 'a whole frame and the beginning of the next',
      run(work) {
        const bytes = Buffer.concat([textFrame('first'), textFrame('z'.repeat(300))])
        same(
          'the lengths',
          lengths(decoded(work, bytes.subarray(0, 9), bytes.subarray(9, 10), bytes.subarray(10))),
          [5, 300],
          'What is left behind the first frame is the beginning of the next.',
        )
      },
    },
  ],
)
