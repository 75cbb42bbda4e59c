/** What is generated of options.md and contract.md: from the command lines, from AppOptions, and from the contract. */
import { type CommandLine, wordsOn } from '../../lab/command/options/command-line.ts'
import { ENVIRONMENT, type EnvironmentName } from '../../lab/command/options/environment.ts'
import { TOPICS } from '../../lab/verify/conformance/cases/index.ts'
import { DEFECTS } from '../../lab/verify/conformance/defects/index.ts'
import { quote } from '../site/render/source.ts'
import { COMMANDS } from './commands.ts'

/** As it may stand in a cell: a bar would end it, and Markdown would take an angle for markup. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ')

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** A section for each command. */
export const commandSections = (): string =>
  Object.values(COMMANDS)
    .map((line) => [`### \`${line.run}\``, ...bodyOf(line)].join('\n\n'))
    .join('\n\n')

function bodyOf({ summary, operands, options, environment = [] }: CommandLine): string[] {
  const rows = Object.entries(options).map(([name, kind]) => [
    kind.value === null ? `\`--${name}\`` : `\`--${name} ${kind.value.replaceAll('|', '\\|')}\``,
    cell(wordsOn(kind)).replaceAll(/(?<![\w`])--[a-z][a-z-]*/g, '`$&`'),
  ])
  return [
    summary,
    operands === undefined ? '' : `It is given \`${operands}\` besides options.`,
    rows.length > 0 ? table(['Option', 'What it does'], rows) : 'It has no options but `--help`.',
    environment.length > 0 ? `It reads ${environment.map((name) => `\`${name}\``).join(', ')}.` : '',
  ].filter((part) => part !== '')
}

export function environmentTable(): string {
  const readBy = (name: EnvironmentName) =>
    Object.values(COMMANDS).flatMap(({ run, environment }) =>
      environment?.includes(name) ? `\`${run}\`` : [],
    )
  return table(
    ['Variable', 'What it says', 'Read by'],
    Object.entries(ENVIRONMENT).map(([name, words]) => {
      const commands = readBy(name as EnvironmentName)
      return [`\`${name}\``, cell(words), commands.length > 0 ? commands.join(', ') : 'tests']
    }),
  )
}

export interface Member {
  readonly name: string
  readonly type: string
  readonly words: string
}

/** The members of an interface, by its text: each with the comment before it, on one line or on several. */
export function membersOf(text: string): Member[] {
  const member = /(?:\/\*\*\s*([\s\S]*?)\s*\*\/\s*)?readonly (\w+)\??: (.+)/g
  return [...text.slice(text.indexOf('{')).matchAll(member)].map(([, comment = '', name, type]) => ({
    name: name!,
    type: type!,
    words: comment
      .replaceAll(/\s*\n\s*\*\s?/g, ' ')
      .replace(/^\* /, '')
      .replaceAll(/\{@link (?:\w+\.)?(\w+)\}/g, '`$1`'),
  }))
}

export const labOptions = (): Member[] => membersOf(quote('lab/server/http/build-app.ts#AppOptions').text)

export const labOptionsTable = (): string =>
  table(
    ['Option', 'Type', 'What it does'],
    labOptions().map(({ name, type, words }) => [
      `\`${name}\``,
      `\`${type.replaceAll('|', '\\|')}\``,
      cell(words),
    ]),
  )

/** A section for each topic of the contract. */
export const contractSections = (): string =>
  Object.entries(TOPICS)
    .map(([topic, cases]) => {
      const rows = cases.map(({ name, why }) => {
        const caught = DEFECTS.filter(({ caughtBy }) => caughtBy === name)
        return [cell(name), cell(why), caught.map((defect) => cell(defect.name)).join('; ') || '–']
      })
      const head = ['Promise', 'Why it matters, and where to look', 'Planted defects that it catches']
      return `### ${topic[0]!.toUpperCase()}${topic.slice(1)}\n\n${table(head, rows)}`
    })
    .join('\n\n')

export const contractCounts = (): string => {
  const cases = Object.values(TOPICS).flat()
  const proven = cases.filter(({ name }) => DEFECTS.some(({ caughtBy }) => caughtBy === name))
  return `${cases.length} promises in ${Object.keys(TOPICS).length} groups; ${DEFECTS.length} planted defects, which show for ${proven.length} of the promises that they can be broken and that it is noticed.`
}
