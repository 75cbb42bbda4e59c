/**
 * One file for the first view of a page.
 *
 * esbuild cuts what several parts of a page share into chunks: some twenty for the lab page, and over HTTP/1.1 a browser
 * fetches six at a time. On a phone's line, with half a second for each answer, the lanes waited 2.4 s for that alone. So
 * the chunks of the first view are bundled once more, into one file; what is fetched later imports from that.
 */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { build, type Metafile, type OutputFile, type Plugin } from 'esbuild'

interface Output {
  /** Of its chunks: what it exports. */
  readonly exports: readonly string[]
  /** By name, what it needs at once, and not by `import()`. */
  readonly needs: readonly string[]
  readonly script: OutputFile
  readonly map: OutputFile | undefined
}

interface Packed {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * @param files all that esbuild made of one page, with `splitting`, each script named `NAME-HASH.js`
 * @param entry the name of the file that the page loads
 * @param first the names of all files of the first view, the entry among them
 * @returns what takes their place, and the entry's name: it has all of the first view in it, and the others import from it. Each
 *   script has a new name, by what is in any of them, since each holds names of others; what is no script stays as it is
 */
export async function packFirstView(
  files: readonly OutputFile[],
  { outputs }: Metafile,
  entry: string,
  first: ReadonlySet<string>,
): Promise<{ readonly entry: string; readonly files: readonly Packed[] }> {
  const scripts = new Map<string, Output>()
  for (const [path, { entryPoint, exports, imports }] of Object.entries(outputs)) {
    const name = basename(path)
    const script = files.find((file) => basename(file.path) === name)
    const isCopied = entryPoint === undefined && !name.startsWith('chunk-') // the file of a worker
    if (!script || isCopied || !name.endsWith('.js')) continue
    const needs = imports.filter(({ kind }) => kind === 'import-statement').map((one) => basename(one.path))
    scripts.set(name, {
      exports,
      needs,
      script,
      map: files.find(({ path }) => basename(path) === `${name}.map`),
    })
  }
  const later = [...scripts].filter(([name]) => !first.has(name))
  const lent = new Set(later.flatMap(([, { needs }]) => needs).filter((name) => first.has(name)))
  const pack = await bundle(entry, scripts, first, lent)

  const stamp = createHash('sha256')
  for (const { script } of scripts.values()) stamp.update(script.contents)
  const build = stamp.digest('hex')
  const newNames = new Map<string, string>()
  for (const name of scripts.keys()) newNames.set(name, renamed(name, build))
  const shims = [...lent].map((name): Packed => {
    const words = scripts.get(name)!.exports.map((one) => `${lentAs(name, one)} as ${one}`)
    return { name, bytes: Buffer.from(`export{${words}}from"./${entry}";\n`) }
  })
  const untouched = files.filter(({ path }) => !scripts.has(basename(path).replace(/\.map$/, '')))
  const made = [
    ...untouched.map(({ path, contents }) => ({ name: basename(path), bytes: contents })),
    ...pack.map(({ path, contents }) => ({
      name: path.endsWith('.map') ? `${entry}.map` : entry,
      bytes: contents,
    })),
    ...shims,
    ...later.flatMap(([name, { script, map }]) => [
      { name, bytes: script.contents },
      ...(map ? [{ name: `${name}.map`, bytes: map.contents }] : []),
    ]),
  ]
  const renamedFiles = made.map(({ name, bytes }) => ({
    name: withNewNames(name, newNames),
    bytes: name.endsWith('.map') ? bytes : Buffer.from(withNewNames(Buffer.from(bytes).toString(), newNames)),
  }))
  return { entry: newNames.get(entry)!, files: renamedFiles }
}

/** The chunks of the first view as one module, which also exports what the files that come later import from them. */
async function bundle(
  entry: string,
  scripts: ReadonlyMap<string, Output>,
  first: ReadonlySet<string>,
  lent: ReadonlySet<string>,
): Promise<OutputFile[]> {
  const lines = [`import './${entry}'`]
  for (const name of lent) {
    const words = scripts.get(name)!.exports.map((one) => `${one} as ${lentAs(name, one)}`)
    lines.push(`export { ${words} } from './${name}'`)
  }
  const inMemory: Plugin = {
    name: 'in-memory',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path }) => {
        const name = basename(path)
        return first.has(name) ? { path: name, namespace: 'first' } : { path, external: true }
      })
      onLoad({ filter: /./, namespace: 'first' }, ({ path }) => {
        const { script, map } = scripts.get(path)!
        const text = script.text.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n')
        const data = map ? Buffer.from(map.contents).toString('base64') : null
        const comment = data ? `//# sourceMappingURL=data:application/json;base64,${data}\n` : ''
        return { contents: text + comment, loader: 'js', resolveDir: '/' }
      })
    },
  }
  const { outputFiles } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: '/', sourcefile: 'first-view.js' },
    outfile: entry,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
    logLevel: 'silent',
    plugins: [inMemory],
  })
  return outputFiles
}

/** A name of its own for what a chunk exports, since two chunks may use the same one. */
const lentAs = (chunk: string, name: string): string => `_${/-([A-Z0-9]{8})\.js$/.exec(chunk)![1]}_${name}`

/** Letters as in esbuild's own hashes: a rename changes no column of a source map. */
const HASH_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function renamed(name: string, build: string): string {
  const digest = createHash('sha256').update(build).update(name).digest()
  const hash = [...digest.subarray(0, 8)].map((byte) => HASH_LETTERS[byte % 32]).join('')
  return name.replace(/-[A-Z0-9]{8}\.js$/, `-${hash}.js`)
}

function withNewNames(text: string, newNames: ReadonlyMap<string, string>): string {
  return text.replace(/[\w-]+-[A-Z0-9]{8}\.js/g, (name) => newNames.get(name) ?? name)
}
