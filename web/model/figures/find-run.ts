/** The run that the calculator reckons from: the latest on this machine, or else the project's own. */
import { readRun } from '../../../benchmarks/calculator/read-run.ts'
import type { RunFile } from '../../../benchmarks/run-file.ts'

export interface FoundRun {
  readonly run: RunFile
  /** Whether it was measured on the machine of this server. */
  readonly own: boolean
  /** Where the whole report of that run is, if it is anywhere. */
  readonly report: string | null
}

/** What lies in the folder of runs, as the server lists it. */
const LIST = '/bench/index.json'
const LATEST = '/bench/latest.json'
const REPORT = '/bench/latest.html'
/** The committed run of the project; `null` in it when there is none. Put there by lab/app/bundle.ts. */
const PROJECT = '/project-run.json'

/**
 * Asks for the list first: asking for what is not there would put an error into everybody's console.
 *
 * @returns null when nothing has been measured, here or by the project
 * @throws ForeignFile when what is there is no run; Error when the server does not answer
 */
export async function findRun(): Promise<FoundRun | null> {
  const { files } = JSON.parse(await text(LIST)) as { readonly files: readonly string[] }
  if (files.includes('latest.json')) {
    const run = readRun(await text(LATEST), LATEST)
    return { run, own: true, report: files.includes('latest.html') ? REPORT : null }
  }
  const committed = await text(PROJECT)
  if (committed.trim() === 'null') return null
  return { run: readRun(committed, PROJECT), own: false, report: null }
}

async function text(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return response.text()
}
