/**
 * Writes the measured figures into the documents: each region between `<!-- figures:NAME -->` and
 * `<!-- /figures -->` is made anew from the committed run. Nobody copies a number by hand, and a test fails when a
 * region and the run have drifted apart.
 *
 *     npm run bench:docs
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CHAPTERS, fileOf } from '../docs/course.ts'
import { regionOf } from './report/regions.ts'
import type { RunFile } from './run-file.ts'

const root = join(import.meta.dirname, '..')

/** The run that the documents quote: `npm run bench -- --full --peers --out benchmarks/results/latest.json`. */
const RESULTS = join(root, 'benchmarks/results/latest.json')

export const DOCUMENTS: readonly string[] = [
  join(root, 'README.md'),
  join(root, 'docs/reference/benchmarks.md'),
  ...CHAPTERS.flatMap((chapter) => fileOf(chapter) ?? []).map((file) => join(root, file)),
]

/** The committed run, or null while there is none. */
export function committedRun(): RunFile | null {
  return existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as RunFile) : null
}

/** @throws Error for a region whose name is not known, or that is not closed */
export function withFigures(markdown: string, run: RunFile | null): string {
  const opened = markdown.match(OPENING)?.length ?? 0
  let closed = 0
  const filled = markdown.replace(REGION, (_, name: string) => {
    closed++
    return `<!-- figures:${name} -->\n\n${regionOf(name, run)}\n\n<!-- /figures -->`
  })
  if (opened !== closed) throw new Error('a region of figures is not closed with <!-- /figures -->')
  return filled
}

const OPENING = /<!-- figures:/g
const REGION = /<!-- figures:([a-z-]+) -->(?:(?!<!-- figures:)[\s\S])*?<!-- \/figures -->/g

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const run = committedRun()
  for (const file of DOCUMENTS) {
    const before = readFileSync(file, 'utf8')
    const after = withFigures(before, run)
    if (after === before) continue
    writeFileSync(file, after)
    console.log(`${relative(root, file)}: figures written anew`)
  }
}
