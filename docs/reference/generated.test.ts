/** The generated pages have everything in them that they are made from. That they are up to date, sync.test.ts says. */
import { expect, it } from 'vitest'
import { PITFALLS } from '../../lab/app/pitfalls/index.ts'
import { CASES } from '../../lab/verify/conformance/cases/index.ts'
import { DEFECTS } from '../../lab/verify/conformance/defects/index.ts'
import { textOf } from '../../lab/verify/rules/source-files.ts'
import { quote } from '../site/render/source.ts'
import { withTables } from '../site/tables.ts'
import { COMMANDS } from './commands.ts'
import { labOptions, membersOf } from './generated.ts'
import { tableRows } from './markdown.ts'

it('options.md has every option of every command, and no other', () => {
  const page = textOf('docs/reference/options.md')
  for (const { run, options } of Object.values(COMMANDS)) {
    const names = Object.keys(options)
    const rows = names.length > 0 ? tableRows(page, `\`${run}\``) : []
    expect(
      rows.map(([option]) => /--[\w-]+/.exec(option!)![0]),
      run,
    ).toEqual(names.map((name) => `--${name}`))
  }
})

it('options.md has every member of AppOptions, each with words that say what it does', () => {
  const declared = quote('lab/server/http/build-app.ts#AppOptions').text.match(/^ {2}readonly /gm)
  expect(labOptions()).toHaveLength(declared!.length)
  expect(labOptions().filter(({ words }) => words === '')).toEqual([])
})

it('an interface is read with comments on one line, on several, and with none', () => {
  const text =
    'interface X {\n  /** One. */\n  readonly a: 1\n  readonly b?: () => void\n  /**\n   * Two,\n   * three.\n   */\n  readonly c: 2\n}'
  expect(membersOf(text)).toEqual([
    { name: 'a', type: '1', words: 'One.' },
    { name: 'b', type: '() => void', words: '' },
    { name: 'c', type: '2', words: 'Two, three.' },
  ])
})

it('contract.md has every case, and every planted defect once', () => {
  const page = textOf('docs/reference/contract.md').replaceAll('&lt;', '<')
  for (const { name } of CASES) expect(page).toContain(`| ${name} |`)
  const cells = page
    .split('\n')
    .flatMap((line) =>
      line.startsWith('| ') ? line.split(' | ').at(-1)!.replace(/ \|$/, '').split('; ') : [],
    )
  for (const { name } of DEFECTS)
    expect(
      cells.filter((cell) => cell === name),
      name,
    ).toHaveLength(1)
})

it('a page that has drifted is found', () => {
  const page = textOf('docs/reference/options.md')
  expect(withTables(page)).toBe(page)
  expect(withTables(page.replace('where to listen', 'where it listens'))).toBe(page)
})

it('pitfalls.md has a section for every pitfall, with its switch, its red test and its mend', () => {
  const sections = textOf('docs/reference/pitfalls.md')
    .split(/^(?=### )/m)
    .slice(1)
  expect(sections.map((section) => section.slice(4, section.indexOf('\n')))).toEqual(
    PITFALLS.map(({ title }) => title),
  )
  for (const [index, { name, report, redTest, mend }] of PITFALLS.entries())
    for (const part of [`\`${name}\``, report, redTest, `](../../${mend.file})`, mend.code])
      expect(sections[index]).toContain(part)
})
