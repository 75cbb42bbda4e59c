/** The table in README.md of what each transport takes, held against the files. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { root } from './examples.ts'
import { tableRows } from './markdown.ts'

it('the lines that each transport takes are stated rightly', () => {
  const stated = tableRows(readFileSync(join(root, 'README.md'), 'utf8'), 'What each transport takes')
  const counted = TRANSPORTS.map(rowFor)
  expect(
    stated,
    `the table should read:\n${counted.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`,
  ).toEqual(counted)
})

function rowFor(name: string): string[] {
  const folder = join(root, 'transports', name)
  const lines = (file: string) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').length
  const server = lines('server.ts')
  const client = lines('client.ts')
  // about.ts is words for the lab page; it carries nothing.
  const isPart = (file: string) => /^(?!server|client|about)[\w-]+\.ts$/.test(file)
  const parts = readdirSync(folder).filter(isPart).map(lines)
  const together = server + client
  const all = parts.reduce((sum, count) => sum + count, together)
  return [`[${name}](transports/${name}/README.md)`, ...[server, client, together, all].map(String)]
}
