/**
 * The tables of the documents that have a row for each transport, made from its folder, so that a new transport
 * needs no line in any document. `npm run docs:sync` writes them; a test fails while they differ.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importsOf, textOf } from '../../lab/verify/rules/source-files.ts'
import { LOOK_MS, OVERDUE_MS, RENEW_MS, SILENT_MS } from '../../lab/wire/presence.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
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
  lines: () =>
    table(
      ['Transport', '`server.ts`', '`client.ts`', 'Together', 'With all its parts'],
      ['---', '---:', '---:', '---:', '---:'],
      TRANSPORTS.map(linesOf),
    ),
  silence: () =>
    table(
      ['Transport', 'Sign of life', 'Silent after', 'Gone after'],
      ['---', '---', '---', '---'],
      TRANSPORTS.map(silenceOf),
    ),
}

const table = (...rows: readonly [readonly string[], readonly string[], readonly string[][]]) =>
  [rows[0], rows[1], ...rows[2]].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Lines of code, comments included, and without what is words for the page or for the benchmark. */
function linesOf(name: string): string[] {
  const folder = `transports/${name}`
  const halves = [`${folder}/server.ts`, `${folder}/client.ts`]
  const lines = (file: string) => textOf(file).trimEnd().split('\n').length
  const sum = (files: Iterable<string>) => [...files].reduce((total, file) => total + lines(file), 0)
  const counts = [...halves.map(lines), sum(halves), sum(reachable(halves))]
  return [`[${name}](${folder}/README.md)`, ...counts.map(String)]
}

/** These files, and all below transports/ that they import: what siblings share counts for each of them. */
function reachable(files: readonly string[], found = new Set<string>()): Set<string> {
  for (const file of files) {
    if (!file.startsWith('transports/') || found.has(file)) continue
    found.add(file)
    reachable(importsOf(file, textOf(file)), found)
  }
  return found
}

/**
 * How soon a reader that says nothing is noticed. A server half says how long its readers may rightly be quiet,
 * when it opens one: as long as a poll is held, as long as a heartbeat takes, or as usual.
 */
function silenceOf(name: string): string[] {
  const source = readFileSync(join(root, 'transports', name, 'server.ts'), 'utf8')
  const agreed = /\bopenReader\(\w+, \w+(?:, (\w+))?\)/.exec(source)?.[1]
  const beat = /\bHEARTBEAT_MS = ([\d_]+)/.exec(source)?.[1]?.replaceAll('_', '')
  const [words, quietMs, prefix] =
    agreed === undefined
      ? ['one', RENEW_MS, '']
      : agreed === 'heartbeatMs'
        ? ['one, or an answer to a heartbeat,', Number(beat), '']
        : ['none while the question is held', 0, '`wait` and ']
  const after = (ms: number) => `${prefix}${(quietMs + ms) / 1_000} s`
  return [
    name,
    prefix === '' ? `${words} each ${quietMs / 1_000} s` : words,
    after(OVERDUE_MS + LOOK_MS),
    after(OVERDUE_MS + SILENT_MS + LOOK_MS),
  ]
}
