/**
 * `npm run docs:sync`: updates the quoted code in the documents. A block whose fence names
 * a place in the source (```ts lab/hub/room.ts#Room.publish) holds what stands there now; so does a table that has a
 * row for each transport (tables.ts).
 *
 * The code stands in the Markdown too, so that it can be read wherever Markdown can; a test
 * (sync.test.ts) fails while the two differ. It also writes message.schema.json from the schemas of lab/wire.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { writingAt } from '../../lab/command/folder-error.ts'
import { runCommandLine } from '../../lab/command/options/command-line.ts'
import { complain, say } from '../../lab/command/terminal.ts'
import { filesIn } from '../../lab/verify/rules/source-files.ts'
import { MESSAGE_SCHEMA_FILE, messageSchema } from '../reference/message-schema.ts'
import { SYNC_LINE } from './options.ts'
import { DocsError, type Problem } from './problems.ts'
import { quote, root } from './render/source.ts'
import { withTables } from './tables.ts'

const BLOCK = /^(```\w+ ([\w.-]+\/[\w./-]+(?:#[\w.$]+)?(?: from "[^"\n]+" to "[^"\n]+")?))\n([\s\S]*?)^```$/gm

/**
 * The document with its quotations and tables as they are now.
 *
 * @throws DocsError for a quotation whose source is gone
 */
export function synced(file: string, markdown: string): string {
  const problems: Problem[] = []
  const text = markdown.replace(BLOCK, (block, opening: string, reference: string, _old, at: number) => {
    try {
      return `${opening}\n${quote(reference).text}\n\`\`\``
    } catch (error) {
      const line = markdown.slice(0, at).split('\n').length
      problems.push({ file, line, what: (error as Error).message })
      return block
    }
  })
  if (problems.length > 0) throw new DocsError(problems)
  return withTables(text)
}

/** All that is checked: what lies below docs/, and the page that the repository opens with. */
export const SYNCED: readonly string[] = ['README.md', ...filesIn(['docs'], '.md')]

function writeAll(): number {
  let code = 0
  for (const file of SYNCED) {
    const before = readFileSync(join(root, file), 'utf8')
    try {
      const after = synced(file, before)
      if (after === before) continue
      writingAt(join(root, file), () => writeFileSync(join(root, file), after))
      say(`${file}: quotations and tables updated`)
    } catch (error) {
      if (!(error instanceof DocsError)) throw error
      complain(error.message)
      code = 1
    }
  }
  const schema = messageSchema()
  const file = join(root, MESSAGE_SCHEMA_FILE)
  if (readFileSync(file, 'utf8') !== schema) {
    writingAt(file, () => writeFileSync(file, schema))
    say(`${MESSAGE_SCHEMA_FILE}: written from lab/wire`)
  }
  return code
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runCommandLine(SYNC_LINE, writeAll)
