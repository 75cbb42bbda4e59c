/** The repository as the rules see it: its TypeScript files and what each imports. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../../..')

/** Paths from the root, with `/`, of all files below `folders` that end in `ending`. */
export function filesIn(folders: readonly string[], ending = '.ts'): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(ending) && !path.includes('node_modules'))
      .map((path) => join(folder, path).replaceAll('\\', '/')),
  )
}

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, and `import('x')` or import(`x`). */
const IMPORT = /\b(?:(?:import|export)\b[^'"`;()]*?\bfrom\s*|import\s*\(?\s*)(['"`])([^'"`]+)\1/g

/**
 * What a file's text imports, without comments: packages by name, files by their path from the root.
 * A template such as `../${name}/client.ts` stays in its place as `*`.
 */
export function importsOf(file: string, text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '')
  return [...code.matchAll(IMPORT)].map((match) => {
    const target = match[2]!.replace(/\$\{[^}]*\}/g, '*')
    return target.startsWith('.')
      ? relative(root, resolve(root, dirname(file), target)).replaceAll('\\', '/')
      : target
  })
}
