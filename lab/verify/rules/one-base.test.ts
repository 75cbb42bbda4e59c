/** What web/base.css says is said there alone (docs/decisions/059-one-base.md). */
import { describe, expect, it } from 'vitest'
import { filesIn, textOf } from './source-files.ts'

const BASE = 'web/base.css'

/** So many declarations of one rule, under whatever selector, are that rule written again. */
const COPIED = 5

interface Rule {
  readonly selectors: readonly string[]
  readonly declarations: readonly string[]
}

const sheets = [
  ...filesIn(['web', 'docs/site', 'benchmarks'], '.css').filter((file) => file !== BASE),
  ...filesIn(['web', 'docs/site', 'benchmarks']).filter((file) => /\bcss`/.test(textOf(file))),
]

describe('the one base of all styles', () => {
  it('has rules, and there are sheets to hold against it', () => {
    expect(rulesOf(textOf(BASE)).length).toBeGreaterThan(10)
    expect(sheets.filter((file) => rulesOf(styleOf(file)).length > 0).length).toBeGreaterThan(15)
  })

  it.each(sheets)('is not repeated in %s', (file) => {
    expect(copiesIn(styleOf(file))).toEqual([])
  })

  it.each([
    ['a rule of the base', '.sr-only { position: absolute; }'],
    ['one of several selectors of it', '.x, h2 { margin: 0 }'],
    ['a rule within a query', '@media (width > 1px) { :focus-visible { outline-offset: 2px; } }'],
    [
      'a button by another name',
      '.mine { font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--edge); border-radius: var(--radius) }',
    ],
  ])('is seen to be repeated by %s', (_what, style) => {
    expect(copiesIn(style)).toHaveLength(1)
  })

  it('is added to by what is another value, or a few of the same', () => {
    expect(copiesIn('h2 { margin: 1rem } .tag { font: inherit; color: var(--ink) }')).toEqual([])
  })
})

/** The style sheet in a file: the whole of it, or what stands in its css`…` templates. */
function styleOf(file: string): string {
  const text = textOf(file)
  if (file.endsWith('.css')) return text
  return [...text.matchAll(/\bcss`([^`]*)`/g)].map(([, style]) => style).join('\n')
}

/** The innermost blocks, so that what is within a query is a rule like any other. */
function rulesOf(style: string): Rule[] {
  const bare = style.replace(/\/\*[\s\S]*?\*\/|@import[^;]*;/g, '').replaceAll("'", '"')
  return [...bare.matchAll(/([^{};]+)\{([^{}]*)\}/g)].map(([, selectors, body]) => ({
    selectors: partsOf(selectors!, /,(?![^(]*\))/),
    declarations: partsOf(body!, ';'),
  }))
}

const partsOf = (text: string, between: string | RegExp): string[] =>
  text
    .split(between)
    .map((part) => part.trim().replace(/\s+/g, ' '))
    .filter((part) => part !== '')

function copiesIn(style: string): string[] {
  const base = rulesOf(textOf(BASE))
  return rulesOf(style).flatMap(({ selectors, declarations }) =>
    base.flatMap((rule) => {
      const same = declarations.filter((one) => rule.declarations.includes(one))
      const isSameRule = selectors.some((one) => rule.selectors.includes(one))
      if (!(isSameRule ? same.length > 0 : same.length >= COPIED)) return []
      return `${selectors.join(', ')} repeats ${rule.selectors.join(', ')}: ${same.join('; ')}`
    }),
  )
}
