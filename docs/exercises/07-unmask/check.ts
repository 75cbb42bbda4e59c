import { exercise, same, shown, wanted } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** @throws Unmet when it is something else that can be looked at like a buffer */
function unmasked({ unmask }: Work, payload: Buffer, key: Buffer): Buffer {
  const result = unmask(payload, key)
  wanted(
    Buffer.isBuffer(result),
    `unmask returned ${shown(result)}; it should be a Buffer`,
    'Text it becomes later, when the frame is whole.',
  )
  return result
}

export default exercise<Work>(
  ['unmask'],
  [
    {
      name: 'the example of the specification (RFC 6455 §5.7)',
      run: (work) =>
        same(
          'the payload <7f9f4d5158> with the key <37fa213d>',
          unmasked(work, hex('7f 9f 4d 51 58'), hex('37 fa 21 3d')),
          Buffer.from('Hello'),
          'That would be “Hello”. Each byte has its own byte of the key: the first to the fourth, then the first again.',
        ),
    },
    {
      name: 'an empty payload',
      run: (work) => same('the bytes', unmasked(work, Buffer.alloc(0), hex('01020304')), Buffer.alloc(0)),
    },
    {
      name: 'every length comes back',
      run(work) {
        const key = hex('a1 00 ff 7e')
        for (let length = 1; length < 20; length++) {
          const plain = Buffer.from(Array.from({ length }, (_, i) => i * 7))
          const masked = Buffer.from(plain.map((byte, i) => byte ^ key[i % 4]!))
          same(
            `the payload ${shown(masked)} with the key ${shown(key)}`,
            unmasked(work, Buffer.from(masked), key),
            plain,
            'After the fourth byte of the key comes the first again, however long the payload is.',
          )
        }
      },
    },
    {
      name: 'what it was given stays as it is',
      run({ unmask }) {
        const payload = hex('7f 9f 4d 51 58')
        unmask(payload, hex('37 fa 21 3d'))
        same('the payload afterwards', payload, hex('7f 9f 4d 51 58'), 'Work on a copy.')
      },
    },
  ],
)
