import { exercise, same } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

export default exercise<Work>(
  ['unmask'],
  [
    {
      name: 'the example of the specification (RFC 6455 §5.7)',
      run: ({ unmask }) =>
        same(
          'the text',
          unmask(hex('7f 9f 4d 51 58'), hex('37 fa 21 3d')).toString(),
          'Hello',
          'Each byte has its own byte of the key: the first to the fourth, then the first again.',
        ),
    },
    {
      name: 'an empty payload',
      run: ({ unmask }) => same('the bytes', unmask(Buffer.alloc(0), hex('01020304')), Buffer.alloc(0)),
    },
    {
      name: 'every length comes back',
      run({ unmask }) {
        const key = hex('a1 00 ff 7e')
        for (let length = 1; length < 20; length++) {
          const plain = Buffer.from(Array.from({ length }, (_, i) => i * 7))
          const masked = Buffer.from(plain.map((byte, i) => byte ^ key[i % 4]!))
          same(`${length} bytes`, unmask(masked, key), plain)
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
