/** The example clients of docs/clients, and how each is run on this machine. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { TRANSPORTS, type TransportName } from '../../transports/manifest.ts'
import { root, textOf } from '../checks/source-files.ts'
import { find } from '../deploy/programs.ts'

export interface Example {
  readonly language: string
  /** How to run it, or null when this machine cannot. */
  readonly command: readonly string[] | null
  readonly install: string
  readonly speaks: readonly TransportName[]
  /** The messages in what it prints, as `author: text`. */
  shown(lines: readonly string[]): string[]
}

const withoutSeq = (lines: readonly string[]) => lines.map((line) => line.replace(/^\d+ /, ''))

/** @param classes the folder of {@link compileJava} */
export const examplesIn = (classes: string): readonly Example[] => [
  {
    language: 'Python',
    command: python(),
    install: 'python3-aiohttp python3-websockets',
    speaks: TRANSPORTS,
    shown: withoutSeq,
  },
  {
    language: 'Java',
    command: java(classes),
    install: 'default-jdk-headless',
    speaks: TRANSPORTS,
    shown: withoutSeq,
  },
  {
    language: 'curl and sh',
    command: find('curl') === null ? null : ['sh', 'docs/clients/chat.sh'],
    install: 'curl',
    speaks: TRANSPORTS.filter((name) => textOf('docs/clients/chat.sh').includes(name)), // as its usage says
    shown: (lines) =>
      lines
        .flatMap((line) => (JSON.parse(line) as { messages: { author: string; text: string }[] }).messages)
        .map(({ author, text }) => `${author}: ${text}`),
  },
]

/** Debian's Python, for which Debian has the packages, or else the one in the path. */
function python(): readonly string[] | null {
  for (const program of ['/usr/bin/python3', find('python3')]) {
    if (program && works(program, '-c', 'import aiohttp, websockets'))
      return [program, 'docs/clients/chat.py']
  }
  return null
}

/** Compiled once; as people would run it, `java Chat.java`, it would be compiled each time. */
export function java(classes: string): readonly string[] | null {
  if (!find('javac')) return null
  return ['java', '-XX:TieredStopAtLevel=1', '-cp', classes, 'Chat']
}

/** Puts the compiled Chat.java into a folder, where there is a compiler. */
export function compileJava(classes: string): void {
  const javac = find('javac')
  if (javac)
    execFileSync(javac, [
      '-Werror',
      '-Xlint:all,-serial',
      '-d',
      classes,
      join(root, 'docs/clients/Chat.java'),
    ])
}

function works(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
