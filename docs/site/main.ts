/** `npm run docs:build`: the course's site alone, without the lab. To see what is wrong with a document. */
import { buildDocs } from './build.ts'
import { drift } from './drift.ts'
import { DocsError } from './problems.ts'

try {
  const began = performance.now()
  const folder = await buildDocs(undefined, undefined, drift())
  console.log(`${folder}: built in ${((performance.now() - began) / 1_000).toFixed(1)} s`)
} catch (error) {
  if (!(error instanceof DocsError)) throw error
  console.error(error.message)
  process.exit(1)
}
