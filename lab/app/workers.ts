/**
 * Web workers in a bundle: `import file from './x.ts?worker'` is the name of a file of its own with all that x.ts
 * imports, beside the other files.
 *
 * esbuild splits what pages share into chunks, but makes no file of a worker. The name holds the file's contents, as
 * all names do, so it may be kept for ever.
 */
import { basename, dirname, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'

const SUFFIX = '?worker'

export const workers: Plugin = {
  name: 'workers',
  setup({ initialOptions, onResolve, onLoad }) {
    onResolve({ filter: /\.ts\?worker$/ }, ({ path, resolveDir }) => {
      const source = resolve(resolveDir, path.slice(0, -SUFFIX.length))
      // Named after its folder, since each is called worker.ts; and `.js`, since that is what comes out.
      const name = `${basename(dirname(source))}-${basename(source, '.ts')}.js`
      return { path: resolve(dirname(source), name), namespace: 'worker', pluginData: source }
    })
    onLoad({ filter: /./, namespace: 'worker' }, async ({ pluginData }) => {
      const { absWorkingDir, minify, target, define } = initialOptions
      const { outputFiles, warnings, metafile } = await build({
        ...(absWorkingDir && { absWorkingDir }),
        ...(minify && { minify }),
        ...(target && { target }),
        ...(define && { define }),
        entryPoints: [pluginData as string],
        bundle: true,
        format: 'esm',
        write: false,
        metafile: true,
        logLevel: 'silent',
      })
      const watchFiles = Object.keys(metafile.inputs).map((file) => resolve(absWorkingDir ?? '.', file))
      return { contents: outputFiles[0]!.contents, loader: 'file', warnings, watchFiles }
    })
  },
}
