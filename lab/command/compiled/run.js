// @ts-check
/**
 * `node lab/command/compiled/run.js COMMAND.ts …`: runs a command of this repository compiled, as one would deploy it.
 *
 * In JavaScript, because Node 20 runs nothing else by itself. A loader that compiles while it loads costs half a second at
 * each start, and keeps the name of every function by a property of its own: a closure per connection is then four times as
 * large (docs/decisions/050-what-ships-is-compiled.md).
 */
import nodeModule from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compiled } from './compiled.js'

const [entry] = process.argv.splice(2, 1)
if (entry === undefined) throw new Error('give the file to run, by its path from the root: lab/app/main.ts')
process.argv[1] = resolve(import.meta.dirname, '../../..', entry)

/** Files of the source whose lines are said in stack traces. */
process.setSourceMapsEnabled(true)

let file = ''
try {
  file = await compiled(entry)
} catch (error) {
  // A slip in the source, told by its line: our own stack says nothing about it.
  if (!(error instanceof Error) || error.name !== 'CompileError') throw error
  process.stderr.write(`transport-lab: ${error.message}\n`)
  process.exit(1)
}
// From Node 22.1 on, what V8 makes of the text is kept beside it: a tenth of a start's processor time. Where that folder cannot be
// written, Node goes on without.
const { enableCompileCache } = /** @type {{ enableCompileCache?: (folder: string) => unknown }} */ (
  nodeModule
)
enableCompileCache?.(join(dirname(file), 'code-cache'))
await import(pathToFileURL(file).href)
