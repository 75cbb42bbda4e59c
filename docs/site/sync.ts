/**
 * `npm run docs:sync`: writes the quoted code into the documents anew. A block whose fence names
 * a place in the source (```ts lab/hub/room.ts#Room.publish) holds what stands there now.
 *
 * The code stands in the Markdown too, so that it can be read wherever Markdown can; a test
 * (sync.test.ts) fails while the two differ.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { filesIn } from '../../lab/checks/source-files.ts'
import { writingAt } from '../../lab/command/folder-error.ts'
import { runCommand } from '../../lab/command/run.ts'
import { complain, say } from '../../lab/command/terminal.ts'
import { DocsError, type Problem } from './problems.ts'
import { quote, root } from './source.ts'

const BLOCK = /^(```\w+ ([\w.-]+\/[\w./-]+(?:#[\w.$]+)?))\n([\s\S]*?)^```$/gm

/**
 * The document with its quotations as they are now.
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
  return text
}

function writeAll(): number {
  let code = 0
  for (const file of filesIn(['docs'], '.md')) {
    const before = readFileSync(join(root, file), 'utf8')
    try {
      const after = synced(file, before)
      if (after === before) continue
      writingAt(join(root, file), () => writeFileSync(join(root, file), after))
      say(`${file}: quotations written anew`)
    } catch (error) {
      if (!(error instanceof DocsError)) throw error
      complain(error.message)
      code = 1
    }
  }
  return code
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await runCommand({ name: 'docs:sync' }, writeAll)
