/**
 * What is measured runs as one would deploy it: compiled to JavaScript beforehand.
 *
 * A loader that compiles while it loads is fine for starting the lab, but not for measuring it: it
 * wraps every function in order to keep its name, and that alone made an idle connection 2 KB
 * larger and a poll a fifth dearer.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { buildFolder } from '../../lab/command/build-folder.ts'
import { removeLeftovers } from '../../lab/command/temporary.ts'

const root = join(import.meta.dirname, '../..')
let outdir: string | null = null

/** The compiled form of a process; compiled when it is first asked for, removed when we end. */
export function compiled(name: 'server' | 'load'): string {
  if (outdir === null) {
    // One folder for each process that measures, so that two at a time do not write over each other.
    const all = join(buildFolder(), 'bench-processes')
    outdir = join(all, `of-${process.pid}`)
    removeLeftovers(all, 'of')
    const made = outdir
    mkdirSync(outdir, { recursive: true })
    // Node looks for packages in the folders above, and this one may lie outside of the checkout.
    symlinkSync(join(root, 'node_modules'), join(outdir, 'node_modules'), 'junction')
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
    process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  }
  return join(outdir, `${name}.js`)
}
