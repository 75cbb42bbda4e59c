import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAnswerReader } from './http-answers.ts'

function read(bytes: Buffer, cuts: readonly number[] = []) {
  const answers: [number, string][] = []
  const failures: string[] = []
  const reader = createAnswerReader(
    ({ status, body }) => answers.push([status, body.toString()]),
    (why) => failures.push(why),
  )
  let from = 0
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    // The real memory is used again at once: so is this.
    const piece = Buffer.from(bytes.subarray(from, cut))
    reader.take(piece)
    piece.fill(0)
    from = cut
  }
  return { answers, failures }
}

const TWO = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' +
    'HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length:3\r\n\r\nno!',
)

describe('answers', () => {
  it('are cut out of the stream, wherever the network cuts it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(TWO.length), { maxLength: 20 }), (cuts) => {
        expect(read(TWO, cuts).answers).toEqual([
          [200, 'hello'],
          [404, 'no!'],
        ])
      }),
    )
  })

  it('with an empty body are answers too', () => {
    expect(read(Buffer.from('HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n')).answers).toEqual([
      [204, ''],
    ])
  })

  it('without a length are refused, not guessed', () => {
    const { failures } = read(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'))
    expect(failures).toHaveLength(1)
  })
})
