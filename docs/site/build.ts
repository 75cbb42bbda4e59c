/**
 * Makes the course's site of the Markdown in this repository: every document below docs/, and
 * every file that one of them leads to. It is made in a folder beside the old one and takes its
 * place at the end, so a build that fails leaves what was there.
 */
import { readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { buildWithout } from '../../lab/app/left-out.ts'
import { precompress } from '../../lab/app/precompress.ts'
import { FINGERPRINT_FILE, sourceFingerprint } from '../../lab/command/fingerprint.ts'
import { filesIn } from '../../lab/verify/rules/source-files.ts'
import { anchors } from '../reference/markdown.ts'
import { DocsError, type Problem } from './problems.ts'
import { keepMemory } from './render/highlight-cache.ts'
import { page } from './render/page.ts'
import { type RenderedDocument, render } from './render/render.ts'
import { root } from './render/source.ts'
import { sourcePage } from './render/source-page.ts'
import { searchIndex } from './search/search-index.ts'
import { outputOf } from './urls.ts'

/**
 * @param read the Markdown of a file; tests hand in a broken one
 * @param known what is known to be wrong already: no site is made then, and all is told together
 * @returns the folder with the site
 * @throws DocsError that names file and line of all that is wrong
 */
export async function buildDocs(
  outdir: string,
  read = readDocument,
  known: readonly Problem[] = [],
): Promise<string> {
  const fingerprint = sourceFingerprint() // of before: what is changed meanwhile is for the next build
  const collected = collect(filesIn(['docs'], '.md'), read, known)
  await mkdir(dirname(outdir), { recursive: true })
  const temporary = await mkdtemp(`${outdir}-`)
  try {
    await Promise.all([
      writePages(temporary, collected),
      bundleAssets(join(temporary, 'assets')),
      write(join(temporary, FINGERPRINT_FILE), fingerprint),
    ])
    await precompress(temporary)
    await takePlace(temporary, outdir)
    await Promise.all([keepMemory(), removeLeftovers(outdir)])
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return outdir
}

/**
 * The old site goes by its name, whole, and the new one comes the same way: a request in between finds
 * one of them or none, and never a part of one. Two labs that start at once both put their site there: the one
 * that comes between is put away in turn.
 */
async function takePlace(made: string, place: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const old = `${made}-old-${tries}`
    await rename(place, old).catch(unless('ENOENT'))
    try {
      return await rename(made, place)
    } catch (error) {
      if (tries === 5) throw error
      unless('ENOTEMPTY', 'EEXIST')(error as NodeJS.ErrnoException)
    } finally {
      await rm(old, { recursive: true, force: true })
    }
  }
}

/** A build that takes longer than this was killed, and could not take its folder away. */
const LEFT_OVER_MS = 3_600_000

async function removeLeftovers(place: string): Promise<void> {
  const folder = dirname(place)
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(place)}-`)) continue
    const path = join(folder, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() })) // gone since: another's
    if (Date.now() - mtimeMs > LEFT_OVER_MS) await rm(path, { recursive: true, force: true })
  }
}

const unless =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? '')) throw error
  }

async function writePages(outdir: string, { documents, sources }: Collected): Promise<void> {
  for (const [file, { title, html, headings, minutes }] of documents) {
    const isRead = file.startsWith('docs/chapters/')
    const content = page({ file, title, html, headings, minutes: isRead ? minutes : null })
    await write(join(outdir, outputOf(file)), content)
  }
  for (const file of sources) {
    const target = join(outdir, outputOf(file))
    if (/\.(png|svg|jpg|webp)$/.test(file)) {
      await mkdir(dirname(target), { recursive: true })
      await cp(join(root, file), target)
    } else {
      const html = sourcePage(file)
      await write(target, page({ file, title: file, html, headings: [], minutes: null }))
    }
  }
  await write(join(outdir, 'assets/search.json'), searchIndex(documents))
}

interface Collected {
  readonly documents: ReadonlyMap<string, RenderedDocument>
  /** Files that are not Markdown. */
  readonly sources: ReadonlySet<string>
}

/**
 * Renders `files` and all that they lead to.
 *
 * @param read the Markdown of a file
 * @throws DocsError when anything is wrong with any of them
 */
export function collect(
  files: readonly string[],
  read: (file: string) => string,
  known: readonly Problem[] = [],
): Collected {
  const documents = new Map<string, RenderedDocument>()
  const sources = new Set<string>()
  const problems: Problem[] = [...known]
  const queue = [...files]
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (documents.has(file) || sources.has(file)) continue
    if (!file.endsWith('.md')) {
      sources.add(file)
      continue
    }
    const document = render(file, read(file))
    documents.set(file, document)
    problems.push(...document.problems)
    queue.push(...document.targets)
  }
  problems.push(...deadAnchors(documents, read))
  if (problems.length > 0) throw new DocsError(problems)
  return { documents, sources }
}

/** Links to a heading that is not there. */
function deadAnchors(
  documents: ReadonlyMap<string, RenderedDocument>,
  read: (file: string) => string,
): Problem[] {
  const names = new Map([...documents.keys()].map((file) => [file, anchors(read(file))]))
  return [...documents].flatMap(([file, { anchorLinks }]) =>
    anchorLinks
      .filter(({ path, anchor }) => names.get(path)?.has(anchor) === false)
      .map(({ path, anchor, line }) => ({ file, line, what: `${path} has no heading #${anchor}` })),
  )
}

async function bundleAssets(outdir: string): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  await buildWithout(new Map(), {
    absWorkingDir: root,
    entryPoints: ['docs/site/browser/main.ts', 'docs/site/docs.css'],
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    outdir,
    bundle: true,
    minify: true,
    splitting: true, // the lab's elements are fetched when a live part starts
    format: 'esm',
    target: 'es2022',
    define: { LAB_VERSION: JSON.stringify(version) },
    sourcemap: true,
  })
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

function readDocument(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}
