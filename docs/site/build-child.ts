/** The process that build-worker.ts starts: makes the site in the folder that it is given, and says how that went. */

import { buildDocs } from './build.ts'
import type { Outcome } from './build-worker.ts'
import { DocsError } from './problems.ts'

async function build(folder: string): Promise<Outcome> {
  try {
    await buildDocs(folder)
    return 'built'
  } catch (error) {
    if (error instanceof DocsError) return { problems: error.problems }
    throw error
  }
}

// Who asked may be gone by the time.
process.send?.(await build(process.argv[2]!), () => process.disconnect?.())
