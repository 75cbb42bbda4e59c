import { expect, it } from 'vitest'
import { bounded } from './terminal.ts'

/** A stream whose reader takes only what the test takes. */
function streamWithReader() {
  const waiting: string[] = []
  return {
    get writableLength() {
      return waiting.join('').length
    },
    write: (text: string) => waiting.push(text),
    take: () => waiting.splice(0).join(''),
  }
}
const note = (count: number) => `(${count} missing)\n`

it('text that is not read waits up to a bound; then it is dropped, and its reader is told how much', () => {
  const stream = streamWithReader()
  const write = bounded(stream, note, 10)
  for (let i = 0; i < 9; i++) write(`line${i}\n`)
  expect(stream.take()).toBe('line0\nline1\n')
  write('again\n')
  expect(stream.take()).toBe('(7 missing)\nagain\n')
  write('more\n')
  expect(stream.take()).toBe('more\n')
})

it('a text that is longer than the bound is written whole when nothing waits', () => {
  const stream = streamWithReader()
  expect(bounded(stream, note, 10)('x'.repeat(1_000))).toBe(true)
  expect(stream.take()).toHaveLength(1_000)
})

it('a reader who is slow gets runs of lines and one note, not a note for every line', () => {
  const stream = streamWithReader()
  const write = bounded(stream, note, 20)
  for (let i = 0; i < 10; i++) write('123456789\n')
  expect(stream.take()).toBe('123456789\n'.repeat(3))
  for (const text of ['a\n', 'b\n']) expect(write(text)).toBe(true)
  expect(stream.take()).toBe('(7 missing)\na\nb\n')
})
