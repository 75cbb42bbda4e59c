/** Every relative link in the documents leads to a file that exists, and to a heading in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './examples.ts'
import { anchors, codeBlocks, links } from './markdown.ts'

const FOLDERS = ['docs', 'transports', 'lab', 'web', 'benchmarks'].filter((folder) =>
  existsSync(join(root, folder)),
)
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
      .map((path) => join(folder, path)),
  ),
]

describe('relative links', () => {
  it.each(documents)('of %s resolve', (document) => {
    expect(deadLinks(document)).toEqual([])
  })

  it('are found dead when they are', () => {
    const markdown =
      '# A title, here\n[a](docs/nowhere.md) [b](#a-title-here) [c](#elsewhere) [d](package.json#x)\n<img src="no.png">'
    expect(deadLinksIn('README.md', markdown)).toEqual([
      'docs/nowhere.md',
      '#elsewhere',
      'package.json#x',
      'no.png',
    ])
  })
})

/** “`name` in [file.ts](file.ts)”: what a document points at by its name. */
it.each(documents)('what %s points at in the source is there', (document) => {
  const markdown = readFileSync(join(root, document), 'utf8')
  for (const [, names, file] of markdown.matchAll(
    /((?:`[\w.]+`(?:, | and )?)+)\s+in\s+\[[^\]]+\]\(([^)]+\.ts)\)/g,
  )) {
    const source = readFileSync(resolve(root, dirname(document), file!), 'utf8')
    for (const [, name] of names!.matchAll(/`([\w.]+)`/g))
      expect(source, `${name} in ${file}`).toContain(name)
  }
})

it('every npm script that the documents name exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8')
    for (const [, name] of text.matchAll(/\bnpm run ([a-z:-]+)/g))
      expect(Object.keys(scripts), document).toContain(name)
  }
})

it.each(documents)('the code blocks of %s are closed', (document) => {
  expect(() => codeBlocks(readFileSync(join(root, document), 'utf8'))).not.toThrow()
})

function deadLinks(document: string): string[] {
  return deadLinksIn(document, readFileSync(join(root, document), 'utf8'))
}

function deadLinksIn(document: string, markdown: string): string[] {
  return links(markdown).filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false
    const [path, anchor] = link.split('#') as [string, string?]
    const target = path === '' ? join(root, document) : resolve(root, dirname(document), path)
    if (relative(root, target).startsWith('..') || !existsSync(target)) return true
    if (anchor === undefined) return false
    const text = path === '' ? markdown : readFileSync(target, 'utf8')
    return !target.endsWith('.md') || !anchors(text).has(anchor)
  })
}
