/**
 * Makes of web/ what a browser can load: TypeScript to JavaScript, packages included, small and compressed.
 * It takes a second, or a fifth of one when little has changed.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Metafile } from 'esbuild'
import { LANES } from '../../transports/descriptors.ts'
import { buildWithout, isAt } from './left-out.ts'
import { precompress, writeIfChanged } from './precompress.ts'

const root = resolve(import.meta.dirname, '../..')

/** The run that the project has committed, for those who have not measured yet; `null` if there is none. */
async function projectRun(): Promise<Buffer> {
  try {
    return await readFile(join(root, 'benchmarks/results/latest.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.from('null')
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
  const { metafile, outputFiles = [] } = await buildWithout(problems, {
    write: false, // below: what has not changed keeps its date
    absWorkingDir: root,
    entryPoints: [...PAGES.map(({ entry }) => entry), 'web/style.css'],
    // By its contents, so that a browser may keep each for ever; the pages alone are asked for each time.
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    outdir,
    bundle: true,
    minify: true,
    splitting: true, // a transport's client is a file of its own, fetched when it is used
    format: 'esm',
    target: 'es2022',
    define: { LAB_VERSION: JSON.stringify(version) },
    sourcemap: true, // the browser's debugger shows the TypeScript that is in this repository
  })
  await mkdir(outdir, { recursive: true })
  for (const { path, contents } of outputFiles) await writeIfChanged(path, contents)
  await removeEarlierBuilds(outdir, Object.keys(metafile.outputs))

  const statics = join(root, 'web/static')
  for (const name of await readdir(statics)) {
    const bytes = await readFile(join(statics, name))
    const page = PAGES.find(({ html }) => html === name)
    const content = page ? Buffer.from(withNames(bytes.toString(), page, metafile)) : bytes
    await writeIfChanged(join(outdir, name), content)
  }
  await writeIfChanged(join(outdir, 'project-run.json'), await projectRun())
  await precompress(outdir)
  return outdir
}

interface Page {
  readonly html: string
  readonly entry: string
  /** Of what is imported later, what the first view wants: the page, and the client of each transport that has a lane. */
  readonly wanted: readonly RegExp[]
}

const PAGES: readonly Page[] = [
  {
    html: 'index.html',
    entry: 'web/main.ts',
    wanted: [
      /(^|\/)web\/main\.ts$/,
      /(^|\/)web\/page\/lab-page\.ts$/,
      new RegExp(`(^|/)transports/(${LANES.join('|')})/client\\.ts$`),
    ],
  },
  { html: 'choose.html', entry: 'web/choose/choose.ts', wanted: [/(^|\/)web\/choose\/choose\.ts$/] },
]

/**
 * A page with the names of this build, and a `modulepreload` for each module that the first view wants. A
 * browser finds an import by reading what imports it: each step would be a round trip on a slow line.
 */
function withNames(html: string, { entry, wanted: wishes }: Page, { outputs }: Metafile): string {
  const files = Object.entries(outputs).map(([path, output]) => ({ name: basename(path), ...output }))
  const nameOf = (source: string) => files.find(({ entryPoint }) => isAt(entryPoint, source))!.name
  const wanted = new Set<string>()
  const add = (name: string) => {
    if (wanted.has(name)) return
    wanted.add(name)
    for (const { path, kind } of files.find((file) => file.name === name)?.imports ?? [])
      if (kind === 'import-statement') add(basename(path))
  }
  // In the order in which they are run: a browser of HTTP/1.1 fetches six at a time.
  for (const wish of wishes)
    for (const { name, entryPoint } of files) if (wish.test(entryPoint ?? '')) add(name)

  const plain = basename(entry).replace(/ts$/, 'js')
  const script = `<script type="module" src="${plain}"></script>`
  const preloads = [...wanted].map((name) => `<link rel="modulepreload" href="${name}">\n    `).join('')
  return replaced(
    replaced(html, 'href="style.css"', `href="${nameOf('web/style.css')}"`),
    script,
    preloads + script.replace(plain, nameOf(entry)),
  )
}

function replaced(text: string, words: string, instead: string): string {
  const [before, after, ...more] = text.split(words)
  if (after === undefined || more.length > 0) throw new Error(`a page must have ${words} once`)
  return before + instead + after
}

/** Each change of the source would leave other names, and with each its compressed forms. Nothing else is named so. */
async function removeEarlierBuilds(folder: string, written: readonly string[]): Promise<void> {
  const ours = new Set(written.map((path) => basename(path)))
  for (const name of await readdir(folder)) {
    const [, file] = HASHED_FILE.exec(name) ?? []
    if (file !== undefined && !ours.has(file)) await rm(join(folder, name))
  }
}

/** A file named by its contents, and the form in which it is kept. */
export const HASHED_FILE = /^(.+-[A-Z0-9]{8}\.(?:js|css)(?:\.map)?)(?:\.br|\.gz)?$/
