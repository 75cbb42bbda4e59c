/**
 * Columns of figures in tables: their decimal points stand below each other.
 *
 * “16.9 ms (≈ 1.45)” is taken apart into what stands before the point, behind it, the unit, and the ratio. In a column each part
 * takes as much room as its longest: by classes (`w3`: three digits wide), since a style of its own is forbidden to our pages.
 */
import type { Token } from 'markdown-it'
import { escapeHtml } from './highlight.ts'

const FIGURE = /^([≈×<>+−-]?\s?[\d,]+)(\.\d+)?(?:\s?([a-zµ%°/]+(?:\/[a-z]+)?))?(?:\s(\([×≈] [\d.,]+\)))?$/i
const NONE = /^[–—-]?$/

interface Parts {
  readonly whole: string
  readonly fraction: string
  readonly unit: string
  readonly ratio: string
}

function partsOf(content: string): Parts | null {
  const [, whole, fraction = '', unit = '', ratio = ''] = FIGURE.exec(content) ?? []
  return whole === undefined ? null : { whole, fraction, unit, ratio }
}

interface Cell {
  readonly open: Token
  readonly inline: Token
}

export function alignFigures(tokens: readonly Token[]): void {
  let columns: Cell[][] = []
  let column = 0
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'table_open') columns = []
    if (token.type === 'tr_open') column = 0
    if (token.type === 'th_open' || token.type === 'td_open') {
      columns[column] ??= []
      columns[column]!.push({ open: token, inline: tokens[index + 1]! })
      column++
    }
    if (token.type === 'table_close') for (const one of columns) alignColumn(one)
  }
}

/** Nothing is changed unless each cell below the head is a figure, or says that there is none. */
function alignColumn([head, ...body]: readonly Cell[]): void {
  const parts = body.map(({ inline }) => partsOf(inline.content))
  const isColumn = body.every(({ inline }, index) => parts[index] !== null || NONE.test(inline.content))
  const figures = parts.filter((one) => one !== null)
  if (!head || !isColumn || figures.length === 0) return
  const longest = (part: keyof Parts) => Math.max(...figures.map((one) => one[part].length))
  const widths = { fraction: longest('fraction'), unit: longest('unit'), ratio: longest('ratio') }
  for (const { open } of [head, ...body]) open.attrSet('data-figures', '')
  for (const [index, { inline }] of body.entries()) {
    const one = parts[index]
    if (!one) continue
    const part = (name: keyof typeof widths) =>
      widths[name] === 0
        ? ''
        : `<span class="${name} w${Math.min(10, widths[name])}">${escapeHtml(one[name])}</span>`
    const html = `${escapeHtml(one.whole)}${part('fraction')}${part('unit')}${part('ratio')}`
    const [first] = inline.children ?? []
    if (!first) continue
    inline.children = [Object.assign(first, { type: 'html_inline', content: html })]
  }
}
