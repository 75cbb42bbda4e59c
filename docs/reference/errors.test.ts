/**
 * errors.md says what the source says, and of each code all that a reader wants to know.
 *
 * A new code wants a row in its table and a section of the form that all the others have. That the
 * commands print what stands below them is held by protocol.test.ts and docs/shell.test.ts.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, textOf } from '../../lab/verify/rules/source-files.ts'
import { type ChatErrorCode, ERROR_KINDS } from '../../lab/wire/errors.ts'
import { root } from './examples.ts'
import { codeBlocks, codeIn, tableRows } from './markdown.ts'

const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')
const rows = tableRows(page, 'The list')
const codes = Object.keys(ERROR_KINDS) as ChatErrorCode[]
/** From a code to what stands below its heading. */
const sections = new Map(
  [...page.matchAll(/^### `([a-z-]+)`\n([\s\S]*?)(?=^#{2,3} |$(?![\s\S]))/gm)].map(
    ([, code, text]) => [code!, text!] as const,
  ),
)

describe('the table of errors', () => {
  it('has every code once, in the order of the source, and no other', () => {
    expect(rows.map(([code]) => codeIn(code!))).toEqual(codes)
  })
  it('has the status, the close code and the retryability of each', () => {
    const numberOrNull = (cell: string) => (cell === '–' ? null : Number(cell))
    const stated = rows.map(([code, status, closeCode, retry]) => [
      codeIn(code!),
      { status: numberOrNull(status!), closeCode: numberOrNull(closeCode!), retryable: retry === 'yes' },
    ])
    expect(Object.fromEntries(stated)).toEqual(ERROR_KINDS)
    for (const row of rows) expect(row[3], row[0]).toMatch(/^(yes|no)$/)
  })
  it('leads from each to its section, and says in a line what happened', () => {
    for (const row of rows) {
      expect(row).toHaveLength(5)
      expect(row[0]).toBe(`[\`${codeIn(row[0]!)}\`](#${codeIn(row[0]!)})`)
      expect(row[4]!.length, row[0]).toBeGreaterThan(10)
    }
  })
})

it('the sections are those of the table, in its order', () => {
  expect([...sections.keys()]).toEqual(codes)
})

/** Whether anything in the lab says it: a code may be there before what will say it. */
const isSaid = (code: ChatErrorCode) => sources.some((source) => source.includes(`'${code}'`))
const sources = filesIn(['lab', 'transports'])
  .filter((file) => !/\.test\.ts$|^lab\/(wire\/errors|verify)/.test(file))
  .map(textOf)

describe.each(codes)('the section of %s', (code) => {
  const text = sections.get(code) ?? ''
  const { status, closeCode } = ERROR_KINDS[code]

  it('says what it means, where one meets it, and what to do', () => {
    const meaning = text.split('\n- ')[0]!.trim()
    expect(meaning.length, 'what it means').toBeGreaterThan(20)
    for (const part of ['Where', 'Do'])
      expect(text, part).toMatch(new RegExp(`^- \\*\\*${part}:\\*\\* .{8}`, 'm'))
  })
  it('names the status and the close code with which it comes', () => {
    const where = /^- \*\*Where:\*\*[\s\S]*?(?=^- |^$)/m.exec(text)?.[0] ?? ''
    for (const number of [status, closeCode]) if (number !== null) expect(where).toContain(String(number))
  })
  it('has one command that makes it happen, or says that nothing does yet', () => {
    const blocks = codeBlocks(text)
    const isToCome = text.includes('- **Where:** nowhere yet.')
    expect(isToCome, 'says “nowhere yet”').toBe(!isSaid(code))
    if (isToCome) return
    expect(blocks.filter(({ language }) => language === 'sh')).toHaveLength(1)
    const [command, answer] = blocks
    const test = /^npx vitest run (\S+) -t '.+'$/.exec(command!.text)?.[1]
    // A program prints the code, or a test names it.
    const shown = test ? readFileSync(join(root, test), 'utf8') : answer?.text
    expect(shown).toMatch(new RegExp(`\\b${code}\\b`))
    if (status !== null && !test) expect(shown, 'the answer').toMatch(new RegExp(` ${status}$`, 'm'))
  })
})
