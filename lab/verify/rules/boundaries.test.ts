import { describe, expect, it } from 'vitest'
import { DESCRIPTORS, loadDescriptors, PROBLEMS } from '../../../transports/descriptors.ts'
import { loadServers } from '../../../transports/load-server.ts'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import { hasServer } from '../../client/descriptor.ts'
import { forbiddenImports } from './boundaries.ts'
import { filesIn, importsOf, textOf } from './source-files.ts'

const FOLDERS = ['lab', 'transports', 'web', 'benchmarks', 'docs']
/** JavaScript is only what runs before TypeScript can be run. */
const files = [...filesIn(FOLDERS), ...filesIn(FOLDERS, '.js')]

/** A folder with more sources than this, tests aside, is a drawer: divide it. */
const MOST_SIBLINGS = 12

/** Each folder with the sources that lie in it, tests aside. */
function foldersOf(all: readonly string[]): [string, string[]][] {
  const folders = new Map<string, string[]>()
  for (const file of all.filter((one) => !one.endsWith('.test.ts'))) {
    const folder = file.slice(0, file.lastIndexOf('/'))
    folders.set(folder, [...(folders.get(folder) ?? []), file])
  }
  return [...folders]
}

describe('the repository', () => {
  it.each(files)('%s imports only what its room may see', (file) => {
    expect(forbiddenImports(file, importsOf(file, textOf(file)))).toEqual([])
  })

  it('has no circle of imports', () => {
    const shipped = files.filter((file) => !file.endsWith('.test.ts'))
    const imports = new Map(shipped.map((file) => [file, importsOf(file, textOf(file))]))
    expect(circleIn(imports)).toBeNull()
  })

  it.each(foldersOf(files))('%s has no more than a dozen sibling sources', (_folder, sources) => {
    expect(sources.length > MOST_SIBLINGS ? sources : []).toEqual([])
  })

  it('knows an HTTP request nowhere but in the files that are HTTP’s own', () => {
    // Hooks, routes, the adapter, and what is read from a path or a query (docs/decisions/036-peer.md).
    const http =
      /^lab\/server\/(http|identity|wires)\/|^lab\/server\/limits\/(trust|from-here|connections|rate-limit|identity-limits)\.ts$|^lab\/server\/observe\/(log|metrics)\.ts$|^lab\/server\/transport-kit\/(query|requests|server-transport)\.ts$|^lab\/app\/pages\.ts$|^lab\/server\/tls\/certificate-route\.ts$|^lab\/server\/drain\/drain-routes\.ts$/
    const knowing = [...filesIn(['lab/hub', 'lab/people', 'lab/server', 'lab/app'])].filter(
      (file) => !file.endsWith('.test.ts') && /\bFastify(Request|Reply)\b/.test(textOf(file)),
    )
    expect(knowing.filter((file) => !http.test(file))).toEqual([])
  })

  it('names a transport nowhere but in its folder and the manifest', () => {
    // In these it is the protocol's own name, as in a header (RFC 6455 §4.2.1, RFC 8441 §4), not the folder's.
    const headers = [
      'lab/server/http/upgrades.ts',
      'lab/server/tls/tunnels.ts',
      'lab/client/load/requests.ts',
      'lab/verify/attacks/http2.ts',
      'web/scope/export/har.ts', // there it is a kind of resource, as Chromium names it
    ]
    // A demonstration is about one transport's defect, and plays that transport's own code beside it.
    // So is a pitfall, and its test: it says in which lanes it was met.
    const isAboutOne = (file: string) => /^lab\/(verify\/(show|pitfalls)|app\/pitfalls)\//.test(file)
    const code = filesIn(['lab', 'web']).filter(
      (file) => !file.endsWith('.test.ts') && !headers.includes(file) && !isAboutOne(file),
    )
    // One is also the name of a carrier (lab/client/descriptor.ts).
    const names = TRANSPORTS.filter((name) => name !== 'tcp')
    const naming = code.filter((file) =>
      // "auto" is a word of HTML too, as in `dir="auto"`: there, only the folder's path tells the transport.
      names.some((name) =>
        (name === 'auto' ? /transports\/auto\b/ : new RegExp(`(['"\`/])${name}\\1`)).test(textOf(file)),
      ),
    )
    expect(naming).toEqual([])
  })

  it('has a folder with descriptor, client and README for each transport, and no other', () => {
    const inFolders = filesIn(['transports'], '')
    const parts = ['transport.ts', 'client.ts', 'README.md']
    const wanted = TRANSPORTS.flatMap((name) => parts.map((part) => `transports/${name}/${part}`))
    expect(wanted.filter((file) => !inFolders.includes(file)).map((file) => `${file} is missing`)).toEqual([])
    const folders = new Set(inFolders.flatMap((file) => /^transports\/([^/_][^/]*)\//.exec(file)?.[1] ?? []))
    expect([...folders].sort()).toEqual([...TRANSPORTS].sort())
  })

  it('has server and load reader in the folder of each transport that serves, and in that of no other', () => {
    const inFolders = filesIn(['transports'], '')
    const problems = TRANSPORTS.flatMap((name) => {
      const descriptor = DESCRIPTORS.get(name)
      const serves = descriptor ? hasServer(descriptor) : true // one that is broken is to be whole otherwise
      return ['server.ts', 'load-reader.ts'].flatMap((part) => {
        const file = `transports/${name}/${part}`
        if (inFolders.includes(file) === serves) return []
        return serves ? `${file} is missing` : `${file} is never loaded: the descriptor chooses among others`
      })
    })
    expect(problems).toEqual([])
  })
})

describe('the descriptors', () => {
  it('can all be used, and so can the server halves', async () => {
    const { servers, problems } = await loadServers()
    expect([...problems.values()]).toEqual([])
    expect(PROBLEMS).toEqual([])
    expect([...DESCRIPTORS.keys()]).toEqual(TRANSPORTS)
    expect([...servers.keys()]).toEqual(TRANSPORTS.filter((name) => hasServer(DESCRIPTORS.get(name)!)))
  })

  it('are named in one line each when they are missing or broken, and the others still stand', async () => {
    const { descriptors, problems } = await loadDescriptors(TRANSPORTS, async (name) => {
      if (name === 'sse') throw new Error('no such luck\n    at a line that does not matter')
      const { default: whole } = (await import(`../../../transports/${name}/transport.ts`)) as {
        default: object
      }
      return { default: name === 'websocket' ? { ...whole, title: '' } : whole }
    })
    expect(problems).toEqual([
      'The transport sse is left out: transports/sse/transport.ts could not be loaded (no such luck).',
      'The transport websocket is left out: transports/websocket/transport.ts must have a text as its title.',
    ])
    expect([...descriptors.keys()]).toEqual(
      TRANSPORTS.filter((name) => name !== 'sse' && name !== 'websocket'),
    )
  })
})

describe('the rules themselves', () => {
  const planted: readonly (readonly [string, string])[] = [
    ['web/main.ts', "import { Hub } from '../lab/hub/hub.ts'"],
    ['web/main.ts', "import { push } from '../lab/server/transport-kit/pump.ts'"],
    ['web/main.ts', "await import('../transports/sse/server.ts')"],
    ['lab/wire/codec.ts', "import { Room } from '../hub/room.ts'"],
    ['lab/hub/room.ts', "import fastify from 'fastify'"],
    ['lab/client/http.ts', "import { readFile } from 'node:fs/promises'"],
    ['lab/client/http.ts', "import { TRANSPORTS } from '../../transports/manifest.ts'"],
    ['lab/server/http/build-app.ts', "import { loadServers } from '../../../transports/load-server.ts'"],
    ['lab/server/http/build-app.ts', "import { servePages } from '../../app/pages.ts'"],
    ['lab/app/main.ts', "import { openTestBench } from '../verify/kit/test-bench.ts'"],
    ['benchmarks/report/html/page.ts', "import '../../../web/elements/lab-slider.ts'"],
    ['transports/sse/client.ts', "export { x } from '../long-polling/client.ts'"],
    ['transports/sse/client.ts', "import '../_web-socket/server-chat.ts'"],
    ['transports/_web-socket/chat-socket.ts', "import './server-chat.ts'"],
    ['transports/_formats/ws-parser.ts', "import { createHash } from 'node:crypto'"],
    ['transports/sse/client.ts', "import './server.ts'"],
    ['transports/sse/client.ts', "import { loadClient } from '../load-client.ts'"],
    ['transports/auto/client.ts', "import { loadServers } from '../load-server.ts'"],
    ['transports/sse/load-reader.ts', "import { measure } from '../../benchmarks/run.ts'"],
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
