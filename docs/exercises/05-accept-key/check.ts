import { exercise, same } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

const hintFor = (answer: unknown) =>
  /^[0-9a-f]{40}$/.test(String(answer))
    ? 'Forty hexadecimal digits are 20 bytes, and it is the bytes that Base64 writes down.'
    : 'The key comes first, and the fixed text behind it.'

export default exercise<Work>(
  ['acceptFor', 'isKey'],
  [
    {
      name: 'the example of the specification (RFC 6455 §1.3)',
      run: ({ acceptFor }) =>
        same(
          'the answer to dGhlIHNhbXBsZSBub25jZQ==',
          acceptFor('dGhlIHNhbXBsZSBub25jZQ=='),
          's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
          hintFor(acceptFor('dGhlIHNhbXBsZSBub25jZQ==')),
        ),
    },
    {
      name: 'another key gets another answer',
      run: ({ acceptFor }) =>
        same(
          'the answer to AAAAAAAAAAAAAAAAAAAAAA==',
          acceptFor('AAAAAAAAAAAAAAAAAAAAAA=='),
          'ICX+Yqv66kxgM0FcWaLWlFLwTAI=',
        ),
    },
    {
      name: 'a key is the Base64 of 16 bytes, and nothing else',
      run({ isKey }) {
        same('isKey of the example', isKey('dGhlIHNhbXBsZSBub25jZQ=='), true)
        for (const [key, why] of [
          ['', 'it is empty'],
          ['dGhlIHNhbXBsZSBub25jZQ', 'the padding is missing'],
          ['c2hvcnQ=', 'it has 5 bytes'],
          ['dGhlIHNhbXBsZSBub25jZSB0b28=', 'it has more than 16 bytes'],
          ['dGhlIHNhbXBsZSBub25jZ!==', 'it has a character that Base64 does not'],
        ] as const) {
          same(`isKey(${JSON.stringify(key)})`, isKey(key), false, `It is no key: ${why}.`)
        }
      },
    },
  ],
)
