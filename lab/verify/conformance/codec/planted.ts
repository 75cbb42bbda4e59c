/** Plants a defect: the codec built again, with a line of its source changed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Codec } from './codec.ts'

export interface Change {
  /** A file of transports/_formats. */
  readonly file: string
  /** What stands there, once. */
  readonly from: string
  readonly to: string
}

const FORMATS = join(import.meta.dirname, '../../../../transports/_formats')
const ALL = `
  export { FrameParser } from './ws-parser.ts'
  export { serverFrame, clientFrame, closePayload } from './ws-encoder.ts'
`

/** @throws when what is to be changed is not there, or not once: then the defect must be planted elsewhere */
export async function plant({ file, from, to }: Change): Promise<Codec> {
  const source = readFileSync(join(FORMATS, file), 'utf8')
  const found = source.split(from).length - 1
  if (found !== 1) throw new Error(`${file} has ${JSON.stringify(from)} ${found} times, not once`)
  const { outputFiles } = await build({
    stdin: { contents: ALL, resolveDir: FORMATS, loader: 'ts' },
    plugins: [
      {
        name: 'plant',
        setup: (esbuild) =>
          esbuild.onLoad({ filter: /ws-.*\.ts$/ }, ({ path }) =>
            path.endsWith(`/${file}`) ? { contents: source.replace(from, () => to), loader: 'ts' } : null,
          ),
      },
    ],
    ...{ bundle: true, format: 'esm', write: false, target: 'es2022' },
  })
  const code = Buffer.from(outputFiles[0]!.contents).toString('base64')
  return (await import(`data:text/javascript;base64,${code}`)) as Codec
}
