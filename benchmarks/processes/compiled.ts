/**
 * What is measured runs as one would deploy it: compiled to JavaScript beforehand.
 *
 * A loader that compiles while it loads is fine for starting the lab, but not for measuring it: it
 * wraps every function in order to keep its name, and that alone made an idle connection 2 KB
 * larger and a poll a fifth dearer.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

const root = join(import.meta.dirname, '../..')
/** One folder for each process that measures, so that two at a time do not write over each other. */
const outdir = join(root, 'build/bench-processes', String(process.pid))
let isBuilt = false

/** The compiled form of a process; compiled when it is first asked for, removed when we end. */
export function compiled(name: 'server' | 'load'): string {
  if (!isBuilt) {
    buildSync({
      absWorkingDir: root,
      entryPoints: ['benchmarks/processes/server.ts', 'benchmarks/processes/load.ts'],
      outdir,
      bundle: true,
      splitting: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'warning',
    })
    process.once('exit', () => rmSync(outdir, { recursive: true, force: true }))
    isBuilt = true
  }
  return join(outdir, `${name}.js`)
}
