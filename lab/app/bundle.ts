/** Makes of web/ what a browser can load: TypeScript to JavaScript, packages included. A tenth of a second. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { buildWithout } from './left-out.ts'

const root = resolve(import.meta.dirname, '../..')

/** The run that the project has committed, for those who have not measured yet; `null` if there is none. */
async function projectRun(): Promise<string> {
  try {
    return await readFile(join(root, 'benchmarks/results/latest.json'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'null'
    throw error
  }
}

/**
 * @param problems one line for each transport that is left out, by name; those are added that only show here. The
 *   page says them, and has no lane for these ({@link buildWithout})
 * @returns the folder with the built pages
 */
export async function bundlePages(
  outdir = join(root, 'build/web'),
  problems: Map<string, string> = new Map(),
): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  const outputs = await buildWithout(problems, {
    absWorkingDir: root,
    entryPoints: ['web/main.ts', 'web/style.css'],
    outdir,
    bundle: true,
    splitting: true, // a transport's client is a file of its own, fetched when it is used
    format: 'esm',
    target: 'es2022',
    define: { LAB_VERSION: JSON.stringify(version) },
    sourcemap: true, // the browser's debugger shows the TypeScript that is in this repository
  })
  await removeEarlierChunks(outdir, outputs)
  await cp(join(root, 'web/static'), outdir, { recursive: true })
  await writeFile(join(outdir, 'project-run.json'), await projectRun())
  return outdir
}

/** A chunk is named by its contents, so each change of the source would leave another. Nothing else lies in that form. */
async function removeEarlierChunks(folder: string, written: readonly string[]): Promise<void> {
  const ours = new Set(written.map((path) => basename(path)))
  for (const name of await readdir(folder)) {
    if (/-[A-Z0-9]{8}\.js(\.map)?$/.test(name) && !ours.has(name)) await rm(join(folder, name))
  }
}
