import { createHash } from 'node:crypto'
import { exercise, same } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

const EXAMPLE = 'dGhlIHNhbXBsZSBub25jZQ=='
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const HEX = /^[0-9a-f]{40}$/

/** Wrong answers that people arrive at, told by how one comes to them. */
function hintFor(answer: unknown): string {
  const bytes = Buffer.from(String(answer), 'base64')
  if (HEX.test(String(answer)) || HEX.test(bytes.toString('latin1')))
    return 'Forty hexadecimal digits are 20 bytes, and it is the bytes that Base64 writes down.'
  if (answer === createHash('sha1').update(`${GUID}${EXAMPLE}`).digest('base64'))
    return 'The key comes first, and the fixed text behind it.'
  if (
    answer ===
    createHash('sha1')
      .update(Buffer.from(EXAMPLE, 'base64') + GUID)
      .digest('base64')
  )
    return 'The key goes in as the text that it is; it is not decoded first.'
  if (bytes.length !== 20) return `SHA-1 gives 20 bytes, and these are ${bytes.length}.`
  return 'It is the SHA-1 of one text, the key with the fixed text right behind it.'
}

export default exercise<Work>(
  ['acceptFor', 'isKey'],
  [
    {
      name: 'the example of the specification (RFC 6455 §1.3)',
      run: ({ acceptFor }) =>
        same(
          `the answer to ${EXAMPLE}`,
          acceptFor(EXAMPLE),
          's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
          hintFor(acceptFor(EXAMPLE)),
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
        same('isKey of the example', isKey(EXAMPLE), true)
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
