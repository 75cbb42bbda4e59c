/**
 * What of the documents is made from the source: tables with a row for each transport, so that a new transport needs
 * no line in any document, and the pages of all options and of the contract. `npm run docs:sync` writes them; a test fails while they differ.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Quiet } from '../../lab/client/descriptor.ts'
import { EXHIBITS, type Exhibit } from '../../lab/verify/museum/exhibits.ts'
import { importsOf, textOf } from '../../lab/verify/rules/source-files.ts'
import { LOOK_MS, OVERDUE_MS, RENEW_MS, SILENT_MS } from '../../lab/wire/presence.ts'
import { DESCRIPTORS } from '../../transports/descriptors.ts'
import { TRANSPORTS, type TransportName } from '../../transports/manifest.ts'
import {
  commandSections,
  contractCounts,
  contractSections,
  environmentTable,
  labOptionsTable,
} from '../reference/generated.ts'
import { pitfallSections } from '../reference/pitfalls.ts'
import { root } from './render/source.ts'

/** Between two comments, as the figures of the benchmark are. */
const REGION = /^(<!-- table:([a-z-]+) -->\n)[\s\S]*?^(<!-- \/table -->)$/gm

/** The document with its tables as they are now. @throws Error for a table that does not exist */
export const withTables = (markdown: string): string =>
  markdown.replace(REGION, (_region, opening: string, name: string, closing: string) => {
    const make = TABLES[name]
    if (!make) throw new Error(`there is no table '${name}', but ${Object.keys(TABLES).join(', ')}`)
    return `${opening}\n${make()}\n\n${closing}`
  })

const TABLES: Readonly<Record<string, () => string>> = {
  commands: commandSections,
  environment: environmentTable,
  'lab-options': labOptionsTable,
  contract: contractSections,
  'contract-counts': contractCounts,
  lines: () =>
    table(
      ['Transport', '`server.ts`', '`client.ts`', 'Together', 'With all its parts'],
      ['---', '---:', '---:', '---:', '---:'],
      TRANSPORTS.map(linesOf),
    ),
  museum: () => EXHIBITS.map(sectionOf).join('\n\n'),
  pitfalls: pitfallSections,
  silence: () =>
    table(
      ['Transport', 'Sign of life', 'Silent after', 'Gone after'],
      ['---', '---', '---', '---'],
      TRANSPORTS.map(silenceOf),
    ),
}

/** A section for each bug of the museum: the page and `npm run museum` are made from the same exhibits. */
function sectionOf({ name, title, story, breaks, came, mend, mendedBy }: Exhibit): string {
  const file = mend.file.slice(mend.file.lastIndexOf('/') + 1)
  return [
    `### ${title}`,
    `${story} **What breaks:** ${breaks}`,
    `\`\`\`sh\nnpm run museum -- --bug ${name} --show\n\`\`\``,
    `With the bug on, what comes back is \`${came}\`.`,
    `**The mend:** ${mendedBy} [${file}](../${mend.file}) has the line \`${mend.code}\`.`,
  ].join('\n\n')
}

const table = (...rows: readonly [readonly string[], readonly string[], readonly string[][]]) =>
  [rows[0], rows[1], ...rows[2]].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Lines of code, comments included, and without what is words for the page or for the benchmark. */
function linesOf(name: string): string[] {
  const folder = `transports/${name}`
  const halves = [`${folder}/server.ts`, `${folder}/client.ts`]
  // One that chooses among others has no server half.
  const lines = (file: string) =>
    existsSync(join(root, file)) ? textOf(file).trimEnd().split('\n').length : 0
  const sum = (files: Iterable<string>) => [...files].reduce((total, file) => total + lines(file), 0)
  const counts = [...halves.map(lines), sum(halves), sum(reachable(halves))]
  return [`[${name}](${folder}/README.md)`, ...counts.map(String)]
}

/** These files, and all below transports/ that they import: what siblings share counts for each of them. */
function reachable(files: readonly string[], found = new Set<string>()): Set<string> {
  for (const file of files) {
    const isCode = file.startsWith('transports/') && !file.endsWith('/transport.ts')
    if (!isCode || found.has(file) || !existsSync(join(root, file))) continue
    found.add(file)
    reachable(importsOf(file, textOf(file)), found)
  }
  return found
}

/** How soon a reader that says nothing is noticed, by what its descriptor says of quiet. */
function silenceOf(name: TransportName): string[] {
  return [name, ...wordsOn(DESCRIPTORS.get(name)!.quiet)]
}

type Row = readonly [sign: string, silentAfter: string, goneAfter: string]

function wordsOn(quiet: Quiet): Row {
  switch (quiet.until) {
    case 'renewal':
      return [`one each ${RENEW_MS / 1_000} s`, ...after(RENEW_MS)]
    case 'heartbeat':
      return [`one, or an answer to a heartbeat, each ${quiet.everyMs / 1_000} s`, ...after(quiet.everyMs)]
    case 'response':
      return ['none while the question is held', ...after(0, '`wait` and ')]
    case 'as chosen':
      return ['those of the transport that it has chosen', 'as there', 'as there']
  }
}

const after = (quietMs: number, and = ''): [string, string] => [
  `${and}${(quietMs + OVERDUE_MS + LOOK_MS) / 1_000} s`,
  `${and}${(quietMs + OVERDUE_MS + SILENT_MS + LOOK_MS) / 1_000} s`,
]
