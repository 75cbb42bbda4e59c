// @ts-check
/**
 * Compiles a command: its TypeScript, and all of ours that it imports, to JavaScript; packages stay where they are.
 *
 * Two things differ from what esbuild does by itself:
 *
 * - `import.meta.dirname` and `import.meta.url` stay those of the source, so paths to other files of the checkout hold.
 * - A transport that does not compile becomes one that throws what is wrong with it, so that it is left out
 *   (transports/load-server.ts) and the others are served. It may be a learner's.
 */
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, formatMessages } from 'esbuild'

/** The source does not compile. The message is for the person: file, line, what is wrong, and the code around it. */
export class CompileError extends Error {
  /** @override */
  name = 'CompileError'
}

/**
 * @param {string} root the checkout
 * @param {string} entry the command's file, by its path from there
 * @param {string} outdir where it will lie: source maps name the sources by their way from there
 * @returns {Promise<import('esbuild').OutputFile[]>} not yet written
 * @throws {CompileError}
 */
export async function compile(root, entry, outdir) {
  /** @type {Map<string, string>} */
  const broken = new Map()
  for (;;) {
    const { errors, warnings, outputFiles } = await attempt(root, entry, outdir, broken)
    if (errors.length === 0) {
      for (const { text, location } of warnings)
        process.stderr.write(`${location?.file ?? 'esbuild'}:${location?.line ?? ''} ${text}\n`)
      return outputFiles
    }
    const found = errors.filter(({ location }) => location && TRANSPORT.test(location.file))
    const isNew = found.some(({ location }) => !broken.has(location?.file ?? ''))
    if (found.length < errors.length || !isNew) throw new CompileError(await inWords(errors))
    for (const { text, location } of found)
      if (location)
        broken.set(location.file, `${location.file}:${location.line}:${location.column}: ERROR: ${text}`)
  }
}

/** A transport's own files: what several share begins with `_`. */
const TRANSPORT = /(?:^|\/)transports\/[^/_][^/]*\/[^/]+$/

/**
 * @param {string} root
 * @param {string} entry
 * @param {string} outdir
 * @param {ReadonlyMap<string, string>} broken what is thrown in the place of a file, by its path from the root
 * @returns {Promise<Pick<import('esbuild').BuildResult<{ write: false }>, 'errors' | 'warnings' | 'outputFiles'>>}
 */
async function attempt(root, entry, outdir, broken) {
  try {
    const result = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      entryNames: '[name]',
      outdir,
      write: false,
      bundle: true,
      splitting: true, // a transport that throws while it is loaded takes no other along
      platform: 'node',
      format: 'esm',
      target: 'node20',
      define: { 'import.meta': '__source' },
      preserveSymlinks: process.execArgv.includes('--preserve-symlinks'),
      sourcemap: 'linked',
      sourcesContent: false, // the sources are here
      logLevel: 'silent',
      plugins: [inItsPlace(root, broken), packagesStay],
    })
    return { errors: [], warnings: result.warnings, outputFiles: result.outputFiles }
  } catch (error) {
    const { errors } = /** @type {Partial<import('esbuild').BuildFailure>} */ (error)
    if (!errors) throw error
    return { errors, warnings: [], outputFiles: [] }
  }
}

/**
 * Gives each module its place in the checkout, on the line on which it begins: so no line gets another number.
 *
 * @param {string} root
 * @param {ReadonlyMap<string, string>} broken
 * @returns {import('esbuild').Plugin}
 */
const inItsPlace = (root, broken) => ({
  name: 'in-its-place',
  setup({ onLoad }) {
    onLoad({ filter: /\.[jt]s$/ }, async ({ path }) => {
      const problem = broken.get(relative(root, path).replaceAll('\\', '/'))
      if (problem !== undefined)
        return { contents: `throw new SyntaxError(${JSON.stringify(problem)})`, loader: 'js' }
      const text = await readFile(path, 'utf8')
      if (!text.includes('import.meta')) return { contents: text, loader: 'default' }
      const place = JSON.stringify({ dirname: dirname(path), filename: path, url: pathToFileURL(path).href })
      return { contents: `const __source = ${place}; ${text}`, loader: 'default' }
    })
  },
})

/**
 * Packages stay where they are, and one of CommonJS is loaded by `require`. By `import`, Node reads its text first for the
 * names that it exports, and looks whether a package that does not say so is a module. What an import gets is the same:
 * `module.exports` as the default, its properties by name.
 *
 * @type {import('esbuild').Plugin}
 */
const packagesStay = {
  name: 'packages-stay',
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (pluginData === LOOKING || kind === 'entry-point') return null
      if (kind !== 'import-statement' || isBuiltin(path)) return { path, external: true }
      const { path: file, errors } = await resolve(path, { kind, importer, resolveDir, pluginData: LOOKING })
      // What is not there is told by Node when it is loaded.
      if (errors.length > 0 || !(await isCommonJs(file))) return { path, external: true }
      return { path, namespace: 'by-require', pluginData: importer }
    })
    onLoad({ filter: /.*/, namespace: 'by-require' }, ({ path, pluginData: importer }) => ({
      contents:
        `const { createRequire } = process.getBuiltinModule('node:module')\n` +
        `module.exports = createRequire(${JSON.stringify(importer)})(${JSON.stringify(path)})`,
      loader: 'js',
    }))
  },
}
const LOOKING = Symbol('looking')

/** @param {string} file */
async function isCommonJs(file) {
  if (/\.[cm]js$/.test(file)) return file.endsWith('.cjs')
  if (!file.endsWith('.js')) return false
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null)
    if (text !== null) return JSON.parse(text).type !== 'module'
  }
  return false
}

/** @param {import('esbuild').Message[]} errors */
async function inWords(errors) {
  const color = process.stderr.isTTY === true && process.env.NO_COLOR === undefined
  const texts = await formatMessages(errors, { kind: 'error', color })
  return `this does not compile:\n\n${texts.join('\n').trimEnd()}\n`
}
