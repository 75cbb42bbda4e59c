/** The tables of protocol.md say what the source says: neither may change alone. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ERROR_KINDS } from '../../lab/wire/errors.ts'
import * as limits from '../../lab/wire/limits.ts'
import { root } from './examples.ts'
import { codeIn, tableRows } from './markdown.ts'

const protocol = readFileSync(join(root, 'docs/reference/protocol.md'), 'utf8')
const sourceOf = (file: string) => readFileSync(join(root, file), 'utf8')

describe('the table of close codes', () => {
  const rows = tableRows(protocol, 'Close codes')

  it('has every close code that an error can have', () => {
    const ofErrors = Object.values(ERROR_KINDS).flatMap(({ closeCode }) => closeCode ?? [])
    expect(rows.map(([code]) => Number(code))).toEqual(expect.arrayContaining(ofErrors))
  })

  it('gives as reasons only codes that close with this close code', () => {
    for (const [closeCode, reasons] of rows) {
      for (const [, reason] of reasons!.matchAll(/`([^`]+)`/g)) {
        expect(ERROR_KINDS[reason as keyof typeof ERROR_KINDS].closeCode, reason).toBe(Number(closeCode))
      }
    }
  })

  it('states the longest message rightly', () => {
    const tooLarge = rows.find(([code]) => code === '1009')
    expect(tooLarge?.[2]).toContain(`${limits.MAX_DRAFT_BYTES.toLocaleString('en')} bytes`)
  })
})

it('the table of frames has every type of chat-frames.ts, and no other', () => {
  const types = [...sourceOf('transports/_formats/chat-frames.ts').matchAll(/readonly type: '(\w+)'/g)].map(
    (found) => found[1],
  )
  expect(
    tableRows(protocol, 'Frames')
      .map(([type]) => codeIn(type!))
      .sort(),
  ).toEqual(types.sort())
})

describe('the table of limits', () => {
  const rows = tableRows(protocol, 'Limits')

  it.each(rows.map(([what, value, name, file]) => [what!, value!, codeIn(name!)!, codeIn(file!)!]))(
    '%s: %s',
    async (_what, value, name, file) => {
      const stated = Number(/^[\d,]+/.exec(value)?.[0].replaceAll(',', ''))
      expect(stated).toBe(await valueIn(file, name))
    },
  )

  it('leaves out none of limits.ts', () => {
    expect(rows.map(([, , name]) => codeIn(name!))).toEqual(expect.arrayContaining(Object.keys(limits)))
  })

  it('agrees with what the rest of the page says', () => {
    expect(protocol).toContain(`0 to ${limits.MAX_WAIT_S}, 25 unless given`)
    expect(protocol).toContain('at most the last 1,000 messages and 4,194,304 units of text')
  })
})

/** A number of the source by its name: imported where it is exported, else read as a product of numbers. */
async function valueIn(file: string, name: string): Promise<number> {
  const source = sourceOf(file)
  if (source.includes(`export const ${name} =`)) {
    const module = (await import(pathToFileURL(join(root, file)).href)) as Record<string, number>
    return module[name]!
  }
  const product = new RegExp(`\\b${name}(?: =|:) ([\\d_]+(?: \\* [\\d_]+)*)`).exec(source)?.[1]
  if (!product) throw new Error(`${file} has no number ${name}`)
  return product.split('*').reduce((value, factor) => value * Number(factor.replaceAll('_', '')), 1)
}
