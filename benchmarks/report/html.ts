/**
 * The report: one HTML file with everything in it, the charts' program included. It can be opened from disk, mailed,
 * and kept; it fetches nothing. Its policy lets only the script and the style run that were written into it here,
 * each named by its hash: a run file that another person sends you cannot bring a script along.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import type { RunFile } from '../run-file.ts'
import { judge } from '../verdicts/goals.ts'
import { choosersIn } from './choosers.ts'
import type { JudgedGoal } from './html/goals.ts'

export interface ReportOptions {
  /** A run to lay over this one from the start. */
  readonly baseline?: RunFile | null
}

const root = resolve(import.meta.dirname, '../..')

export async function writeReport(run: RunFile, path: string, options: ReportOptions = {}): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, await reportAsHtml(run, options))
}

export async function reportAsHtml(run: RunFile, { baseline = null }: ReportOptions = {}): Promise<string> {
  const { script, style } = await program()
  const icon = await readFile(join(root, 'web/static/icon.svg'), 'utf8')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Transport Lab: run of ${escaped(run.startedAt.slice(0, 16).replace('T', ' '))}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style>${style}</style>
</head>
<body>
<div id="report"></div>
<noscript>This report draws itself and needs JavaScript. The figures are also in the JSON file beside it.</noscript>
<script type="application/json" id="run">${asData(run)}</script>
<script type="application/json" id="goals">${asData(judgedGoals(run))}</script>
<script type="application/json" id="choosers">${asData(choosersIn(run))}</script>
${baseline ? `<script type="application/json" id="other">${asData(baseline)}</script>\n` : ''}<script>${script}</script>
</body>
</html>
`
}

/** Lab/server/pages.ts sends the same by header, and knows this form. */
function policyOf(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** JSON in a page must not hold what ends a script element, or begins a comment: HTML §4.12.1.3. */
const asData = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Judged here and not in the page, as it is found here who chooses: with every subject comes its code. */
const judgedGoals = (run: RunFile): readonly JudgedGoal[] =>
  judge(run).map(({ goal: { name, relation, bound, stretch, unit, peer }, reached, verdict }) => ({
    name,
    relation,
    bound,
    stretch,
    unit,
    peer,
    reached,
    verdict,
  }))

let made: Promise<{ readonly script: string; readonly style: string }> | null = null

/** The same for every report of this process, and made once. */
function program() {
  made ??= bundle()
  return made
}

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['benchmarks/report/html/page.ts', 'benchmarks/report/html/report.css'],
    outdir: 'build',
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  })
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
  return {
    // A string in the program may hold what would end the element that it stands in, or begin a comment.
    script: textOf('.js').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--'),
    style: textOf('.css'),
  }
}
