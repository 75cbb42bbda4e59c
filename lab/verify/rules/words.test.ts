/**
 * The words of this repository: the field's own, in plain English.
 *
 * A private name for a thing that has a name costs each newcomer a look-up. And a sentence about “nobody” leaves
 * out the one thing that its reader wants to know: which client, server, reader or process it is about. Only names
 * that are nothing but private stand here: ordinary English (line, answer, tab, watch) stays ordinary.
 */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, textOf } from './source-files.ts'

/** Parts of a name, as they stand between hyphens once `createHttp2Door` is `create-http2-door`: called what here. */
const PRIVATE_PARTS: Readonly<Record<string, string>> = {
  'door|doors': 'RoomGateway, or what it is: a route, a listener',
  speaker: 'Writer',
  'transport-watch': 'TransportMetrics',
  journal: 'EventLogger',
  'shelf|shelves': 'DurableLog or Store',
  keeper: 'CommitParticipant',
  'take-back': 'rollback',
  outlet: 'Sink',
  'goodbyes|say-goodbye': 'onShutdown, shutdown: AbortSignal or sendGoAway',
  attendance: 'presence',
  neighbourhood: 'subnetOf',
  'ease-off': 'applyBackpressure',
  'show-out': 'closeWithError',
  converse: 'serveSocket',
  mailbox: 'AsyncQueue',
  outlast: 'waitPastSilence',
  'patience|impatience': 'TIMEOUT_MS',
  stage: 'TestBench',
  house: 'TestServer',
  'tenant|tenants': 'ProxyClient',
  victim: 'ServerUnderTest',
  'sign-of': 'symbolOf',
  'which-one': 'transport-chooser',
  'nobody|somebody|whoever|anew': 'what it is: name the agent',
}

/** Whole names, letter for letter, since their parts are words of other names too. */
const PRIVATE_NAMES: Readonly<Record<string, string>> = {
  enter: 'openReader',
  speak: 'openWriter',
  happen: 'apply',
  ring: 'notify',
  hang: 'subscribe',
  dismiss: 'unsubscribe',
  Sign: 'PresenceUpdate, or Symbol for what a chart draws',
  VISITOR: 'ANONYMOUS',
  care: 'shared',
  seat: 'acquire',
  bite: 'onTimeout',
  Broken: 'ContractViolation',
  Talk: 'ReaderContext',
  Reading: 'WireReader',
  Witness: 'SubscriberEvents',
  Saying: 'RenderedMessage',
}

/** Files by their paths: the old folders of the kit, and of the course's builder. */
const PRIVATE_PATHS: Readonly<Record<string, string>> = {
  '^lab/verify/foreign/': 'lab/verify/clients',
  '^lab/verify/deploy/': 'lab/verify/proxies',
  '^docs/site/aside\\.': 'build-worker',
  '^docs/site/builder\\.': 'build-child',
  '^docs/site/memory\\.': 'highlight-cache',
  '^docs/site/stamp\\.': 'fingerprint',
}

const NO_AGENT = /\b(?:nobody|somebody|whoever|anew|shelf|shelves)\b/giu

/** Between two words of a sentence: a space, or the end of a line and the mark of a comment before the next. */
const GAP = '\\s+(?:(?:\\*|//|#+|>)\\s+)?'
/**
 * “Who reads” for a reader: after a preposition, or where a sentence begins that is no question. After a noun
 * (“a member who reads”) or a verb (“knows who reads”) it is ordinary English.
 */
const WHO_READS = new RegExp(
  `\\b(?:for|to|by|from|with|than)${GAP}who${GAP}reads\\b|(?<=^|[.!:;]${GAP}|["'\`“(]|/\\*\\*\\s|// |- )who${GAP}reads\\b(?![^.!?]*\\?)`,
  'gimu',
)

/** Where such a word may stand. */
const EXCEPTIONS: readonly { readonly file: string; readonly text: RegExp; readonly reason: string }[] = [
  { file: 'lab/verify/rules/words.test.ts', text: /./, reason: 'the rule itself names them' },
]

const FOLDERS = ['lab', 'transports', 'benchmarks', 'web', 'docs', 'findings', '.ci', '.']
const LEFT_OUT = /^(?:node_modules|build|data|coverage|my-work|results)$/
const TEXT =
  /\.(?:ts|js|mjs|json|css|html|md|sh|py|java|conf|cfg|vcl|svg)$|(?:^|\/)(?:Caddyfile|run|\.gitignore)$/

const files = FOLDERS.flatMap((folder) => textsIn(folder)).sort()

describe('the words of the repository', () => {
  it('are looked for in every folder, and in documents, programs and settings alike', () => {
    for (const one of [
      'README.md',
      'CHANGELOG.md',
      'docs/clients/chat.py',
      'docs/deploy/Caddyfile',
      '.ci/run',
    ])
      expect(files).toContain(one)
    expect(files.length).toBeGreaterThan(700)
  })

  it('are the field’s own in each file’s name and in each name that a file declares at its top level', () => {
    expect(files.flatMap((file) => privateNamesIn(file, textOf(file)))).toEqual([])
  })

  it('name the agent in all prose: comments, texts and documents', () => {
    expect(files.flatMap((file) => proseFaults(file, textOf(file)))).toEqual([])
  })

  it('leave no exception behind that is no longer needed', () => {
    for (const { file, text } of EXCEPTIONS) expect(textOf(file), file).toMatch(text)
  })
})

describe('the search for words', () => {
  it.each([
    ['export function createHttp2Door() {}', /createHttp2Door: here it is called RoomGateway/],
    ['export interface Witness {}', /Witness: here it is called SubscriberEvents/],
    ['const PATIENCE_MS = 3', /PATIENCE_MS: here it is called TIMEOUT_MS/],
    [
      "export { nobodyElse, b as takeBack } from './x.ts'",
      /nobodyElse: .*\n.*takeBack: here it is called rollback/,
    ],
  ])('finds a private name in %s', (text, complaint) => {
    expect(privateNamesIn('lab/x.ts', text).join('\n')).toMatch(complaint)
  })

  it.each([
    'export function househoulds() {}',
    'export const stageless = 1',
    'export type Signs = 1',
    '  const house = 1',
  ])('takes no ordinary name for a private one in %s', (text) =>
    expect(privateNamesIn('lab/x.ts', text)).toEqual([]),
  )

  it.each([
    ['// Nobody waits.', 'lab/x.ts:1: “Nobody”'],
    ['a\nb somebody else', 'lab/x.ts:2: “somebody”'],
    ['/** The same for who\n * reads it. */', 'lab/x.ts:1: “for who reads”'],
    ["name: 'who reads without a tab is not counted',", 'lab/x.ts:1: “who reads”'],
    ['Who reads this page knows. Why?', 'lab/x.ts:1: “Who reads”'],
  ])('finds a sentence without an agent in %j', (text, complaint) => {
    expect(proseFaults('lab/x.ts', text).join('\n')).toContain(complaint)
  })

  it.each([
    'A member who reads it.',
    'It knows who reads.',
    'Who reads this?',
    'One of those who read.',
    'a bookshelf',
  ])('has nothing against %j', (text) => expect(proseFaults('lab/x.ts', text)).toEqual([]))
})

/** Complaints about a file's own name, and about what it declares where its lines begin. */
function privateNamesIn(file: string, text: string): string[] {
  const path = Object.entries(PRIVATE_PATHS)
    .filter(([pattern]) => new RegExp(pattern).test(file))
    .map(([, called]) => `${file}: here it is called ${called}`)
  const names = [basename(file).split('.')[0] ?? '', ...(/\.[mj]?[jt]s$/.test(file) ? declared(text) : [])]
  return [
    ...path,
    ...names.flatMap((name) =>
      complaintsAbout(name).map((called) => `${file}: ${name}: here it is called ${called}`),
    ),
  ]
}

function declared(text: string): string[] {
  const declarations = text.matchAll(
    /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm,
  )
  const lists = text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)
  const listed = [...lists].flatMap(([, list = '']) =>
    list.split(',').map((one) => one.trim().split(' ').at(-1) ?? ''),
  )
  return [...new Set([...[...declarations].map(([, name = '']) => name), ...listed])]
}

function complaintsAbout(name: string): string[] {
  const parts = name
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
  const ofParts = Object.entries(PRIVATE_PARTS).filter(([words]) =>
    new RegExp(`(?:^|-)(?:${words})(?:-|$)`).test(parts),
  )
  const whole = Object.entries(PRIVATE_NAMES).filter(([word]) => word === name)
  return [...ofParts, ...whole].map(([, called]) => called)
}

function proseFaults(file: string, text: string): string[] {
  return [...text.matchAll(NO_AGENT), ...text.matchAll(WHO_READS)]
    .filter(({ index }) => !isException(file, lineAt(text, index)))
    .map(({ 0: found, index }) => {
      const line = text.slice(0, index).split('\n').length
      return `${file}:${line}: “${inOneLine(found)}”: name the agent (the reader, the client, the server …)`
    })
}

const inOneLine = (text: string) => text.replace(/\s+(?:(?:\*|\/\/|#+|>)\s+)?/g, ' ')

function lineAt(text: string, index: number): string {
  const end = text.indexOf('\n', index)
  return text.slice(text.lastIndexOf('\n', index) + 1, end < 0 ? undefined : end)
}

const isException = (file: string, line: string): boolean =>
  EXCEPTIONS.some((one) => one.file === file && one.text.test(line))

/** Paths from the root of the texts below a folder; of `.`, only those that lie in it. */
function textsIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return folder === '.' || LEFT_OUT.test(entry.name) ? [] : textsIn(path)
    return TEXT.test(path) && path !== 'package-lock.json' ? [path] : []
  })
}
