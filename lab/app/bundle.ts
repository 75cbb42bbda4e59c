/**
 * Makes of web/ what a browser can load: TypeScript to JavaScript, packages included, small and compressed.
 * It takes a second or two, and nothing when no file of the repository has changed since.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Metafile } from 'esbuild'
import { LANES } from '../../transports/descriptors.ts'
import { FINGERPRINT_FILE, isOf, sourceFingerprint } from '../command/fingerprint.ts'
import { buildWithout, isAt } from './left-out.ts'
import { packFirstView } from './pack.ts'
import { precompress, writeIfChanged } from './precompress.ts'

const root = resolve(import.meta.dirname, '../..')

/** What the calculator needs of the run that the project has committed, for those who have not measured yet; `null` if there is none. */
async function projectRun(): Promise<Buffer> {
  try {
    return await readFile(join(root, 'benchmarks/results/for-page.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.from('null')
    throw error
  }
}

/**
 * @param problems one line for each transport that is left out, by name; those are added that only show here. The
 *   page says them, and has no lane for these ({@link buildWithout})
 * @param fingerprint of the repository as it is now
 * @returns the folder with the built pages
 */
export async function bundlePages(
  outdir = join(root, 'build/web'),
  problems: Map<string, string> = new Map(),
  fingerprint = sourceFingerprint(),
): Promise<string> {
  // Nothing has changed since they were made, and nothing was amiss: they stand. A start is quicker by all that follows.
  if (problems.size === 0 && isOf(fingerprint, outdir)) return outdir
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  await mkdir(outdir, { recursive: true })
  const written = new Set<string>()
  const htmls = new Map<string, string>()
  for (const page of PAGES) {
    // Each page by itself: the first view of one is nothing that another should fetch.
    const { metafile, outputFiles = [] } = await buildWithout(
      problems,
      {
        write: false, // below: what has not changed keeps its date
        absWorkingDir: root,
        entryPoints: [page.entry, 'web/style.css'],
        // By its contents, so that a browser may keep each for ever; the pages alone are asked for each time.
        entryNames: '[name]-[hash]',
        assetNames: '[name]-[hash]',
        outdir,
        bundle: true,
        minify: true,
        splitting: true, // what is not in the first view is a file of its own, fetched when it is used
        format: 'esm',
        target: 'es2022',
        define: { LAB_VERSION: JSON.stringify(version) },
        sourcemap: true, // the browser's debugger shows the TypeScript that is in this repository
      },
      { hasLanes: page.hasLanes },
    )
    const { script, style, first } = namesOf(page, metafile)
    const packed = await packFirstView(outputFiles, metafile, script, first)
    for (const { name, bytes } of packed.files) {
      await writeIfChanged(join(outdir, name), bytes)
      written.add(name)
    }
    const html = (await readFile(join(root, 'web/static', page.html))).toString()
    htmls.set(page.html, withNames(html, page, style, packed.entry))
  }
  await removeEarlierBuilds(outdir, written)

  const statics = join(root, 'web/static')
  for (const name of await readdir(statics)) {
    const bytes = await readFile(join(statics, name))
    await writeIfChanged(join(outdir, name), Buffer.from(htmls.get(name) ?? bytes))
  }
  await writeIfChanged(join(outdir, 'project-run.json'), await projectRun())
  await precompress(outdir)
  const made = join(outdir, FINGERPRINT_FILE)
  if (problems.size === 0) await writeIfChanged(made, Buffer.from(fingerprint))
  else await rm(made, { force: true })
  return outdir
}

interface Page {
  readonly html: string
  readonly entry: string
  readonly hasLanes: boolean
  /** Of what is imported, what the first view wants: the page, and the client of each transport that has a lane. */
  readonly wanted: readonly RegExp[]
}

const PAGES: readonly Page[] = [
  {
    html: 'index.html',
    entry: 'web/main.ts',
    hasLanes: true,
    wanted: [
      /(^|\/)web\/main\.ts$/,
      /(^|\/)web\/page\/lab-page\.ts$/,
      new RegExp(`(^|/)transports/(${LANES.join('|')})/client\\.ts$`),
    ],
  },
  {
    html: 'choose.html',
    entry: 'web/choose/choose.ts',
    hasLanes: false,
    wanted: [/(^|\/)web\/choose\/choose\.ts$/],
  },
]

/**
 * The names of the page's own script and style in a build, and of all scripts that the first view wants: a browser
 * finds an import by reading what imports it, and each step would be a round trip on a slow line.
 */
function namesOf({ entry, wanted }: Page, { outputs }: Metafile) {
  const files = Object.entries(outputs).map(([path, output]) => ({ name: basename(path), ...output }))
  const nameOf = (source: string) => files.find(({ entryPoint }) => isAt(entryPoint, source))!.name
  const first = new Set<string>()
  const add = (name: string) => {
    if (first.has(name)) return
    first.add(name)
    for (const { path, kind } of files.find((file) => file.name === name)?.imports ?? [])
      if (kind === 'import-statement') add(basename(path))
  }
  for (const wish of wanted)
    for (const { name, entryPoint } of files) if (wish.test(entryPoint ?? '')) add(name)
  return { script: nameOf(entry), style: nameOf('web/style.css'), first }
}

/** A page with the names of this build. */
function withNames(html: string, { entry }: Page, style: string, script: string): string {
  const tag = (name: string) => `<script type="module" src="${name}"></script>`
  const styled = replaced(html, 'href="style.css"', `href="${style}"`)
  return replaced(styled, tag(basename(entry).replace(/ts$/, 'js')), tag(script))
}

function replaced(text: string, words: string, instead: string): string {
  const [before, after, ...more] = text.split(words)
  if (after === undefined || more.length > 0) throw new Error(`a page must have ${words} once`)
  return before + instead + after
}

/** Each change of the source would leave other names, and with each its compressed forms. Nothing else is named so. */
async function removeEarlierBuilds(folder: string, ours: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, file] = HASHED_FILE.exec(name) ?? []
    if (file !== undefined && !ours.has(file)) await rm(join(folder, name), { force: true }) // another start may be faster
  }
}

/** A file named by its contents, and the form in which it is kept. */
export const HASHED_FILE = /^(.+-[A-Z0-9]{8}\.(?:js|css)(?:\.map)?)(?:\.br|\.gz)?$/
