/**
 * Examples in the documents: a `sh` block is what to type, and the block after it is what comes back.
 *
 * How the two are compared is told to the reader at the head of protocol.md, and done here:
 * times, the epoch and the version in a cursor, ids and secrets that are drawn, three headers and heartbeats may
 * differ; all else must be the same.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { type CodeBlock, codeBlocks } from './markdown.ts'

export const root = resolve(import.meta.dirname, '../..')

export interface Example {
  readonly line: number
  readonly command: string
  readonly answer: string
  /** `json` is compared as a value, however it is laid out; `http` as an answer with headers; `text` line by line. */
  readonly kind: 'json' | 'http' | 'text'
}

/** What the examples keep: cookies and a token. Here in a folder of the run: two at once must not find each other's. */
const KEPT_IN_TMP = /\/tmp\/transport-lab-[a-z]+(?:\.json)?(?![\w/])/g
const tmp = mkdtempSync(join(tmpdir(), 'lab-examples-'))
process.on('exit', () => rmSync(tmp, { recursive: true, force: true }))

const KINDS: readonly string[] = ['json', 'http', 'text'] satisfies Example['kind'][]

/** The commands that talk to the lab, each with its answer. A command without an answer proves nothing and is refused. */
export function examplesIn(markdown: string): Example[] {
  const blocks = codeBlocks(markdown)
  return blocks.flatMap((block, index) => {
    if (block.language !== 'sh' || !/localhost:[34]000/.test(block.text)) return []
    return [exampleFrom(block, blocks[index + 1])]
  })
}

function exampleFrom({ line, text }: CodeBlock, answer: CodeBlock | undefined): Example {
  if (!answer || !KINDS.includes(answer.language)) {
    throw new Error(`the example of line ${line} has no answer: follow it by one of ${KINDS.join(', ')}`)
  }
  return { line, command: text, answer: answer.text, kind: answer.language as Example['kind'] }
}

/** An answer in the form in which it is compared: what may differ is made the same. */
export function comparable(text: string, kind: Example['kind']): unknown {
  const settled = text
    .replaceAll('\r\n', '\n')
    .replace(/^:\n|^\{"type":"heartbeat"\}\n/gm, '')
    .replace(/^\n+/, '') // and in a stream of lines of JSON, a heartbeat is an empty one
    .replace(/^(\{.*\}\n)\n+/gm, '$1')
    .replace(/("(?:publishedAt|madeAt)":\s*)\d{13}\b/g, '$1"a time"')
    .replace(/("(?:token|ticket)":\s*)"(lab_)?[\w-]{43}"/g, '$1"$2secret"')
    .replace(/\blab_\d+(?:_[A-Za-z0-9]{1,10})?=[\w-]{43}/g, 'lab_3000=secret')
    .replace(
      /\b[a-z0-9]{10}:(\d+)\b(\.\d+)?/g,
      (_, seq, version) => `epoch:${seq}${version ? '.version' : ''}`,
    )
    .replace(/~[a-z0-9]{20}\b/g, '~a private room')
    .replace(/("(?:authorId|id)":\s*)"[a-z0-9]{20}"/g, '$1"an id"')
  if (kind === 'json') return JSON.parse(settled)
  return kind === 'http' ? answerOf(settled) : settled.trimEnd().split('\n')
}

/** An HTTP answer, with its headers as the specification takes them: in any order and any case (RFC 9110 §5.1, §5.3). */
function answerOf(text: string): { status: string; headers: string[]; body: string[] } {
  const [status = '', ...lines] = text.trimEnd().split('\n')
  const end = lines.includes('') ? lines.indexOf('') : lines.length
  const headers = lines
    .slice(0, end)
    .map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))
    .filter((line) => !/^(date:|connection: keep-alive$|keep-alive:)/.test(line))
  return { status, headers: headers.sort(), body: lines.slice(end + 1) }
}

/** The cursor that a reader would copy from this answer: the last one in it. */
export const cursorIn = (text: string): string | null =>
  [...text.matchAll(/"cursor":\s*"([^"]+)"/g)].at(-1)?.[1] ?? null

/**
 * Types `command` into a shell, for a server at `port` and a reader at `cursor`.
 *
 * @param tcpPort where the TCP transport listens, in place of the 4000 of the documents
 */
export function type(command: string, port: number, cursor: string | null, tcpPort = 4000): Promise<string> {
  if (command.includes('CURSOR') && cursor === null) throw new Error('no answer above has a cursor')
  const line = command
    // In one go: a port that was drawn may itself begin with 4000.
    .replaceAll(/localhost:(3000|4000)\b/g, (_, of) => `localhost:${of === '3000' ? port : tcpPort}`)
    .replaceAll('CURSOR', cursor ?? '')
    .replaceAll(KEPT_IN_TMP, (name) => join(tmp, basename(name)))
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    CURL_HOME: import.meta.dirname, // without the user's own .curlrc
    no_proxy: '*',
  }
  return new Promise((done, fail) => {
    execFile('sh', ['-c', line], { cwd: root, env, timeout: 170_000 }, (error, stdout, stderr) => {
      // curl's 28 is the --max-time that an endless answer needs.
      if (error && error.code !== 28) fail(new Error(`${error.message}\n${stdout}\n${stderr}`))
      else done(stdout)
    })
  })
}
