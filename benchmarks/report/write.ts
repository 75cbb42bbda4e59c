/** Where a run is kept: a JSON file, the report beside it, and the latest of both under a fixed name. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, extname, join, relative } from 'node:path'
import { buildFolder } from '../../lab/command/build-folder.ts'
import type { RunFile } from '../run-file.ts'

/** Not kept by git. The lab page links the latest report in it. */
const runs = () => join(buildFolder(), 'bench')

export interface Written {
  /** As a person in the current folder would name them. */
  readonly files: readonly string[]
  /** What could not be written, and why. What has been measured is shown all the same. */
  readonly problem: string | null
}

/**
 * @param out the JSON file that was asked for; null for one in {@link runs}, named after its time
 * @param baseline an earlier run for the report to lay over this one
 */
export async function writeRun(run: RunFile, out: string | null, baseline: RunFile | null): Promise<Written> {
  if (run.figures.length === 0) return { files: [], problem: null }
  const json = out ?? join(runs(), `${run.startedAt.slice(0, 19).replaceAll(':', '-')}.json`)
  const html = json.replace(/(\.json)?$/, '.html')
  const files: string[] = []
  try {
    await mkdir(dirname(json), { recursive: true })
    await writeFile(json, `${JSON.stringify(run, null, 2)}\n`)
    files.push(json)
    // Loaded only now: the report's program is built with a tool that the measuring has no use for.
    const { writeReport } = await import('./html.ts')
    await writeReport(run, html, { baseline })
    files.push(html)
    // An interrupted run, or one for a purpose of its own, is not what the lab page should link.
    if (out === null && !run.interrupted) {
      for (const file of files) await copyFile(file, join(runs(), `latest${extname(file)}`))
    }
    return { files: named(files), problem: null }
  } catch (error) {
    const which = files.length === 0 ? json : html
    return { files: named(files), problem: `${which} cannot be written: ${(error as Error).message}` }
  }
}

const named = (files: readonly string[]) => files.map((file) => relative(process.cwd(), file))
