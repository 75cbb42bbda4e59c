import { describe, expect, it } from 'vitest'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import { forbiddenImports } from './boundaries.ts'
import { filesIn, importsOf, textOf } from './source-files.ts'

const files = filesIn(['lab', 'transports', 'web', 'benchmarks', 'docs'])

describe('the house', () => {
  it.each(files)('%s imports only what its room may see', (file) => {
    expect(forbiddenImports(file, importsOf(file, textOf(file)))).toEqual([])
  })

  it('has no circle of imports', () => {
    const shipped = files.filter((file) => !file.endsWith('.test.ts'))
    const imports = new Map(shipped.map((file) => [file, importsOf(file, textOf(file))]))
    expect(circleIn(imports)).toBeNull()
  })

  it('names a transport nowhere but in its folder and the manifest', () => {
    // In upgrades.ts it is the protocol's own name in a header (RFC 6455 §4.2.1), not the folder's.
    const code = filesIn(['lab', 'web']).filter(
      (file) => !file.endsWith('.test.ts') && file !== 'lab/server/http/upgrades.ts',
    )
    const naming = code.filter((file) =>
      TRANSPORTS.some((name) => new RegExp(`(['"\`/])${name}\\1`).test(textOf(file))),
    )
    expect(naming).toEqual([])
  })

  it('has a folder with client, server and README for each transport, and no other', () => {
    const inFolders = filesIn(['transports'], '')
    for (const name of TRANSPORTS) {
      for (const part of ['client.ts', 'server.ts', 'README.md'])
        expect(inFolders).toContain(`transports/${name}/${part}`)
    }
    const folders = new Set(inFolders.flatMap((file) => /^transports\/([^/]+)\//.exec(file)?.[1] ?? []))
    expect([...folders].sort()).toEqual([...TRANSPORTS].sort())
  })
})

describe('the rules themselves', () => {
  const planted: readonly (readonly [string, string])[] = [
    ['web/main.ts', "import { Hub } from '../../lab/hub/hub.ts'"],
    ['web/main.ts', "import { push } from '../../lab/server/push.ts'"],
    ['web/main.ts', "await import('../../transports/sse/server.ts')"],
    ['lab/wire/codec.ts', "import { Room } from '../../hub/room.ts'"],
    ['lab/hub/room.ts', "import fastify from 'fastify'"],
    ['lab/client/http.ts', "import { readFile } from 'node:fs/promises'"],
    ['transports/sse/client.ts', "export { x } from '../../websocket/mailbox.ts'"],
    ['transports/sse/client.ts', "import './server.ts'"],
    ['transports/websocket/server.ts', "import client from './client.ts'"],
    ['lab/new-room/x.ts', ''],
  ]
  it.each(planted)('refuse in %s: %s', (file, text) => {
    expect(forbiddenImports(file, importsOf(file, text))).toHaveLength(1)
  })

  it('see a circle', () => {
    const circle = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
    ])
    expect(circleIn(circle)).toEqual(['a', 'b', 'c', 'a'])
  })

  it('do not take a comment for an import', () => {
    expect(importsOf('web/x.ts', "// import x from 'ws'\n/* import 'ws' */ const u = 'http://a'")).toEqual([])
  })
})

/** The first circle found, from a file back to itself; null when there is none. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | null {
  const finished = new Set<string>()
  const path: string[] = []
  function visit(file: string): string[] | null {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (finished.has(file)) return null
    path.push(file)
    for (const target of imports.get(file) ?? []) {
      const circle = imports.has(target) ? visit(target) : null
      if (circle) return circle
    }
    path.pop()
    finished.add(file)
    return null
  }
  for (const file of imports.keys()) {
    const circle = visit(file)
    if (circle) return circle
  }
  return null
}
