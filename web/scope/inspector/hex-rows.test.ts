import { expect, it } from 'vitest'
import { annotate } from '../../../transports/_formats/annotate/annotate.ts'
import { rolesOf } from '../../../transports/_formats/annotate/annotation.ts'
import { flat, hexDump, hexRows, MAX_ROWS, PER_ROW } from './hex-rows.ts'

const bytes = new TextEncoder().encode('GET /x HTTP/1.1\r\nCookie: session=secret\r\n\r\n')
const { annotations } = annotate('message', bytes, { chunkLeft: null, isClient: true })
const list = flat(annotations)
const rows = (hides: boolean) =>
  hexRows(bytes, list, rolesOf(annotations, bytes.length), (at) => hides && at >= 33 && at < 39)

it('has each byte once, sixteen to a row, and links each to the innermost annotation', () => {
  expect(
    rows(false)
      .flatMap(({ runs }) => runs.map(({ text }) => text))
      .join(''),
  ).toBe(new TextDecoder().decode(bytes).replace(/[\r\n]/g, '.'))
  expect(rows(false).map(({ offset }) => offset)).toEqual([0, 16, 32])
  const [first] = rows(false)
  expect(first!.runs.map(({ owner, text }) => [list[owner]!.annotation.name, text])).toEqual([
    ['method', 'GET'],
    ['request line', ' '],
    ['target', '/x'],
    ['request line', ' '],
    ['version', 'HTTP/1.1'],
    ['line end', '.'],
  ])
})

it('has eight to a row where that is asked for, and the same bytes in all', () => {
  const eight = hexRows(bytes, list, rolesOf(annotations, bytes.length), () => false, 8)
  expect(eight.map(({ offset }) => offset)).toEqual([0, 8, 16, 24, 32, 40])
  const textOf = (all: typeof eight) => all.flatMap(({ runs }) => runs.map(({ text }) => text)).join('')
  expect(textOf(eight)).toBe(textOf(rows(false)))
})

it('shows dots in the place of a secret, in both columns', () => {
  const shown = rows(true).flatMap(({ runs }) => runs)
  expect(
    shown
      .filter(({ isSecret }) => isSecret)
      .map(({ text }) => text)
      .join(''),
  ).toBe('······')
  expect(shown.map(({ hex, text }) => hex + text).join('')).not.toMatch(/secret|73 65 63/)
})

it('shows no more rows than can be read', () => {
  const long = new Uint8Array(100_000)
  expect(hexRows(long, [], new Uint8Array(100_000), () => false)).toHaveLength(MAX_ROWS)
  expect(hexDump(long.subarray(0, PER_ROW + 1)).split('\n')[1]).toMatch(/^00000010 {2}00 +\.$/)
})
