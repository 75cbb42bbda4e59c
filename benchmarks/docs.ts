/**
 * Writes the measured figures into the documents: each region between `<!-- figures:NAME -->` and
 * `<!-- /figures -->` is written from the committed run, and so is the part of it that the page /choose fetches. No number is
 * copied by hand, and a test fails when one of them and the run have drifted apart.
 *
 *     npm run bench:docs
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CHAPTERS, fileOf } from '../docs/course.ts'
import { DocsError, type Problem } from '../docs/site/problems.ts'
import { writingAt } from '../lab/command/folder-error.ts'
import { runCommandLine } from '../lab/command/options/command-line.ts'
import { complain, say } from '../lab/command/terminal.ts'
import { forPage } from './calculator/for-page.ts'
import { LINE } from './docs-options.ts'
import { NOT_MEASURED, regionOf } from './report/regions.ts'
import type { RunFile } from './run-file.ts'

const root = join(import.meta.dirname, '..')

/** The run that the documents quote: `npm run bench -- --full --peers --out benchmarks/results/latest.json`. */
const RESULTS = join(root, 'benchmarks/results/latest.json')

/** The part of it that lab/app gives to the page. */
const FOR_PAGE = 'benchmarks/results/for-page.json'

/** What quotes it, by paths from the root of the repository. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'docs/reference/benchmarks.md',
  ...CHAPTERS.flatMap((chapter) => fileOf(chapter) ?? []),
]

/** The committed run, or null while there is none. */
export function committedRun(): RunFile | null {
  return existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as RunFile) : null
}

/**
 * @param file the document's name, for what is wrong with it
 * @throws DocsError for each region whose name is not known, or that is not closed, and for each of a chapter of
 *   which the run has nothing
 */
export function withFigures(markdown: string, run: RunFile | null, file = 'the document'): string {
  const problems: Problem[] = []
  const complain = (at: number, what: string) =>
    problems.push({ file, line: markdown.slice(0, at).split('\n').length, what })
  const closed = new Set<number>()
  const filled = markdown.replace(REGION, (region: string, name: string, at: number) => {
    closed.add(at)
    try {
      const figures = regionOf(name, run)
      // The reference may say that it has no figure. A chapter builds on it.
      if (figures === NOT_MEASURED && file.startsWith('docs/chapters/'))
        complain(at, `the committed run has no figures '${name}'`)
      return `<!-- figures:${name} -->\n\n${figures}\n\n<!-- /figures -->`
    } catch (error) {
      complain(at, (error as Error).message)
      return region
    }
  })
  for (const { index } of markdown.matchAll(OPENING)) {
    if (!closed.has(index)) complain(index, 'these figures are not closed with <!-- /figures -->')
  }
  if (problems.length > 0) throw new DocsError(problems)
  return filled
}

const OPENING = /^<!-- figures:/gm
const REGION = /<!-- figures:([a-z-]+) -->(?:(?!<!-- figures:)[\s\S])*?<!-- \/figures -->/g

function writeAll(): number {
  const run = committedRun()
  let code = 0
  for (const file of DOCUMENTS) {
    const before = readFileSync(join(root, file), 'utf8')
    try {
      const after = withFigures(before, run, file)
      if (after === before) continue
      writingAt(join(root, file), () => writeFileSync(join(root, file), after))
      say(`${file}: figures updated`)
    } catch (error) {
      if (!(error instanceof DocsError)) throw error
      complain(error.message)
      code = 1
    }
  }
  const forThePage = forPageText(run)
  const path = join(root, FOR_PAGE)
  if (!existsSync(path) || readFileSync(path, 'utf8') !== forThePage) {
    writingAt(path, () => writeFileSync(path, forThePage))
    say(`${FOR_PAGE}: written`)
  }
  return code
}

/** As it is served: `null` while there is no run. */
export const forPageText = (run: RunFile | null): string => `${JSON.stringify(run && forPage(run))}\n`

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runCommandLine(LINE, writeAll)
