import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asLine, MAX_LINE_LENGTH, readLines } from './ndjson.ts'

/** A body that arrives in pieces of the given sizes; `onCancel` is called when the reader lets go of it. */
function bodyOf(
  bytes: Uint8Array,
  sizes: readonly number[] = [bytes.length],
  onCancel = () => {},
): ReadableStream<Uint8Array> {
  let at = 0
  let piece = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      const size = Math.max(1, sizes[piece++ % sizes.length]!)
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
    cancel: onCancel,
  })
}

const encode = (text: string) => new TextEncoder().encode(text)

async function linesOf(body: ReadableStream<Uint8Array>, maxLength?: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readLines(body, undefined, maxLength)) lines.push(line)
  return lines
}

describe('newline-delimited JSON', () => {
  it.each([
    ['one line', '{"a":1}\n', ['{"a":1}']],
    ['several lines in one chunk', '1\n2\n3\n', ['1', '2', '3']],
    ['empty lines are heartbeats and no lines', '\n\n1\n\n2\n', ['1', '2']],
    ['an empty line that ends with CRLF is a heartbeat too', '\r\n1\r\n', ['1\r']],
    ['a line without its end has been cut off', '1\n{"a":', ['1']],
    ['no body at all', '', []],
    ['a byte order mark at the beginning is not data', '\ufeff1\n', ['1']],
    ['the line separators of Unicode end no line', '"\u2028\u2029\u0085"\n', ['"\u2028\u2029\u0085"']],
  ])('%s', async (_rule, text, lines) => {
    expect(await linesOf(bodyOf(encode(text)))).toEqual(lines)
  })

  it('is the same wherever the network cuts it, in the middle of a character too', async () => {
    const bytes = encode('{"a":"é𝄞"}\n\n{"b":"\u2028"}\r\n\n"茶"\n')
    const whole = await linesOf(bodyOf(bytes))
    expect(whole).toHaveLength(3)
    for (let cut = 1; cut < bytes.length; cut++)
      expect(await linesOf(bodyOf(bytes, [cut, bytes.length])), `cut at byte ${cut}`).toEqual(whole)
    for (let size = 1; size <= 7; size++)
      expect(await linesOf(bodyOf(bytes, [size])), `pieces of ${size}`).toEqual(whole)
  })

  it('brings back whatever was written, in pieces of any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }),
        async (values, sizes) => {
          const text = values.map((value) => asLine(JSON.stringify(value))).join('\n')
          const lines = await linesOf(bodyOf(encode(text), sizes))
          expect(lines.map((line) => JSON.stringify(JSON.parse(line)))).toEqual(
            values.map((value) => JSON.stringify(JSON.parse(JSON.stringify(value)))),
          )
        },
      ),
    )
  })

  it('is a sign of life with every chunk, heartbeats and parts of lines included', async () => {
    let heard = 0
    for await (const _line of readLines(bodyOf(encode('\n\n{"a'), [1]), () => heard++))
      throw new Error('there is no whole line in it')
    expect(heard).toBe(5)
  })

  it('takes a line of exactly the longest length, and refuses one character more', async () => {
    const line = 'x'.repeat(100)
    for (const sizes of [[1], [7], [1_000]]) {
      expect(await linesOf(bodyOf(encode(`${line}\n`), sizes), 100)).toEqual([line])
      await expect(linesOf(bodyOf(encode(`${line}x\n`), sizes), 100)).rejects.toMatchObject({
        code: 'bad-answer',
      })
    }
  })

  it('counts each line by itself', async () => {
    expect(await linesOf(bodyOf(encode('12345\n'.repeat(100)), [4]), 5)).toHaveLength(100)
  })

  it('gives up a line that never ends, and lets go of the stream', async () => {
    let taken = 0
    let isCancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        taken += 64 * 1024
        controller.enqueue(new Uint8Array(64 * 1024).fill(0x78))
      },
      cancel() {
        isCancelled = true
      },
    })
    await expect(linesOf(endless)).rejects.toMatchObject({ code: 'bad-answer' })
    expect(taken).toBeLessThan(2 * MAX_LINE_LENGTH)
    expect(isCancelled).toBe(true)
  })

  it('reads a long line in small pieces without doing the work of each piece again', async () => {
    const line = 'x'.repeat(MAX_LINE_LENGTH)
    expect((await linesOf(bodyOf(encode(`${line}\n`), [16])))[0]!.length).toBe(line.length)
  })
})
