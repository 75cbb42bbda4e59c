/** `npm run docs:build`: the course's site alone, without the lab. To see what is wrong with a document. */
import { join } from 'node:path'
import { buildFolder } from '../../lab/command/build-folder.ts'
import { runCommandLine } from '../../lab/command/options/command-line.ts'
import { complain, say } from '../../lab/command/terminal.ts'
import { buildDocs } from './build.ts'
import { drift } from './drift.ts'
import { BUILD_LINE } from './options.ts'
import { DocsError } from './problems.ts'

async function build(): Promise<number> {
  try {
    const began = performance.now()
    const folder = await buildDocs(join(buildFolder(), 'docs'), undefined, drift())
    say(`${folder}: built in ${((performance.now() - began) / 1_000).toFixed(1)} s`)
    return 0
  } catch (error) {
    if (!(error instanceof DocsError)) throw error
    complain(error.message)
    return 1
  }
}

await runCommandLine(BUILD_LINE, build)
