/**
 * Bundling for the browser, when a transport is broken: the others must still have their lanes.
 *
 * esbuild makes nothing at all of sources of which one does not compile, and a transport may be a learner's.
 */
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { type BuildFailure, type BuildOptions, type BuildResult, build, type Plugin } from 'esbuild'
import { DESCRIPTORS, leftOut } from '../../transports/descriptors.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { complain } from '../command/terminal.ts'
import { workers } from './workers.ts'

/**
 * @param problems one line for each transport that is left out, by name. Those are added whose code for the
 *   browser does not compile
 * @param more `hasLanes`: whether the page has the clients of all transports, so that one without is broken
 * @returns what esbuild made, its metafile always with it
 * @throws BuildFailure when it is something else that does not compile
 */
export async function buildWithout(
  problems: Map<string, string>,
  options: BuildOptions,
  { hasLanes = true } = {},
): Promise<BuildResult<{ metafile: true }>> {
  const attempt = () =>
    build({
      ...options,
      metafile: true,
      logLevel: 'silent',
      plugins: [inPlaceOf(problems), inOneFile, workers],
    })
  const note = (found: ReadonlyMap<string, string>) => {
    for (const [name, problem] of found) problems.set(name, problem)
  }
  let result = await attempt().catch((error: BuildFailure) => {
    const found = problemsOf(error)
    if (found.size === 0) throw error
    note(found)
    return attempt()
  })
  const missing = hasLanes
    ? withoutClient(problems, Object.keys(result.metafile.inputs))
    : new Map<string, string>()
  if (missing.size > 0) {
    note(missing)
    result = await attempt()
  }
  for (const { text, location } of result.warnings)
    complain(`${location?.file ?? 'esbuild'}:${location?.line ?? ''} ${text}`)
  return result
}

/** Whether esbuild means this file of ours. In a checkout made of links, its paths lead outside first: `../../x/web/main.ts`. */
export const isAt = (path: string | undefined, file: string): boolean =>
  path === file || path?.endsWith(`/${file}`) === true

/** Instead of a transport that is left out, a module that throws why: `loadDescriptors` makes of it what the page says. */
const inPlaceOf = (problems: ReadonlyMap<string, string>): Plugin => ({
  name: 'left-out',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]transports[\\/][^\\/]+[\\/](transport|client)\.ts$/ }, ({ path }) => {
      const problem = problems.get(basename(dirname(path)))
      if (problem === undefined) return null
      const thrown = `Object.assign(new Error(${JSON.stringify(problem)}), { name: 'LeftOut' })`
      return { contents: `throw ${thrown}`, loader: 'js' }
    })
  },
})

/**
 * All descriptors in the file of the page that reads them. By `import()` each would be a file of its own, and each
 * file is a round trip on one of the six connections of HTTP/1.1; by `require()` they stay where they are, and one
 * that throws is caught as before. A transport's client stays a file of its own, since the course wants only some.
 */
const inOneFile: Plugin = {
  name: 'in-one-file',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]transports[\\/]descriptors\.ts$/ }, async ({ path }) => {
      const [before, after, ...more] = (await readFile(path, 'utf8')).split('import(`')
      if (after === undefined || more.length > 0) throw new Error(`${path} must have import(\` once`)
      return { contents: `${before}require(\`${after}`, loader: 'ts' }
    })
  },
}

/** Which transports kept the page from being built, and why; none when it was something else. */
function problemsOf({ errors = [] }: Partial<BuildFailure>): Map<string, string> {
  const problems = new Map<string, string>()
  for (const { text, location } of errors) {
    const [, name, file] = /(?:^|\/)transports\/([^/]+)\/([^/]+)$/.exec(location?.file ?? '') ?? []
    if (!TRANSPORTS.some((one) => one === name)) return new Map()
    problems.set(name!, leftOut(name!, file!, `could not be built (line ${location!.line}: ${text})`))
  }
  return problems
}

/** Whose client half is not among the files of the bundle, though a browser could run it. */
function withoutClient(
  problems: ReadonlyMap<string, string>,
  inputs: readonly string[],
): ReadonlyMap<string, string> {
  const missing = new Map<string, string>()
  for (const [name, { runsIn }] of DESCRIPTORS) {
    if (problems.has(name) || !runsIn.includes('browser')) continue
    if (!inputs.some((input) => isAt(input, `transports/${name}/client.ts`)))
      missing.set(name, leftOut(name, 'client.ts', 'is missing'))
  }
  return missing
}
