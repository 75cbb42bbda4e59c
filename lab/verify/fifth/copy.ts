/** A copy of this repository in a temporary folder, with more transports in it. Its packages are this one's. */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { script } from '../../command/started.ts'
import { root } from '../rules/source-files.ts'

/** What a run leaves behind, and what a reader keeps for themselves (.gitignore); packages are linked instead. */
const NOT_COPIED = new Set(['.git', 'node_modules', 'build', 'data', 'coverage', 'my-work'])

const EXAMPLE = join(root, 'lab/verify/conformance/example')

export interface Copy {
  readonly folder: string
  /** Runs Node in the copy; resolves when it has ended. */
  node(...args: readonly string[]): Promise<Ended>
  /** Runs a program of the packages. */
  program(name: string, ...args: readonly string[]): Promise<Ended>
  /** Starts the copy's lab on a free port, with nothing kept. @throws Error with what it said, when it ends instead */
  start(): Promise<RunningCopy>
  remove(): Promise<void>
}

export interface Ended {
  readonly code: number | null
  /** What was printed, on both streams, without colours. */
  readonly said: string
}

export interface RunningCopy {
  readonly url: string
  /** What the terminal shows, by the time at which the lab is open. */
  readonly said: string
  stop(): Promise<void>
}

/** @param transports the folders to add, behind those of the manifest: by name, what is done with the example's files */
export async function copyWith(transports: Readonly<Record<string, Change>>): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'transport-lab-copy-'))
  for (const entry of await readdir(root)) {
    if (NOT_COPIED.has(entry) || entry.endsWith('.log')) continue
    await cp(join(root, entry), join(folder, entry), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const [name, change] of Object.entries(transports)) await addTransport(folder, name, change)

  const children = new Set<Started>()
  let isRemoved = false
  function run(program: string, args: readonly string[]): Started {
    if (isRemoved) return NOT_STARTED // a step that was waiting for the one before, when the tests ended
    const started = start(folder, program, args)
    children.add(started)
    void started.ended.then(() => children.delete(started))
    return started
  }
  return {
    folder,
    node: (...args) => run(process.execPath, args).ended,
    program: (name, ...args) => run(join(root, 'node_modules/.bin', name), args).ended,
    async start() {
      const lab = run(process.execPath, script('start', '--port', '0', '--memory').slice(1))
      const url = await lab.until(/open at (\S+)/)
      return {
        url,
        said: lab.said(),
        async stop() {
          lab.stop()
          await lab.ended
        },
      }
    },
    async remove() {
      isRemoved = true
      for (const child of children) child.stop()
      await Promise.all([...children].map(({ ended }) => ended))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What is made of the example before it lies in the copy: file contents by name; null removes the file. */
export type Change = (files: Map<string, string>) => void

/** One folder, and one line. */
async function addTransport(folder: string, name: string, change: Change): Promise<void> {
  const files = new Map<string, string>()
  for (const file of await readdir(EXAMPLE)) {
    const text = await readFile(join(EXAMPLE, file), 'utf8')
    files.set(file, text.replaceAll("'../../../", "'../../lab/"))
  }
  change(files)
  const to = join(folder, 'transports', name)
  await cp(EXAMPLE, to, { recursive: true, filter: (path) => files.has(basename(path)) || path === EXAMPLE })
  for (const [file, text] of files) await writeFile(join(to, file), text)

  const manifest = join(folder, 'transports/manifest.ts')
  const before = await readFile(manifest, 'utf8')
  await writeFile(manifest, before.replace('\n] as const', `\n  '${name}',\n] as const`))
}

interface Started {
  readonly ended: Promise<Ended>
  said(): string
  /** Resolves with what the pattern's first group has caught. */
  until(pattern: RegExp): Promise<string>
  stop(): void
}

function start(cwd: string, program: string, args: readonly string[]): Started {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' }
  // A test runner inside of a test runner must not take itself for a worker of the outer one.
  for (const name of Object.keys(env))
    if (/^(VITEST|NODE_OPTIONS|TEST$|FORCE_COLOR)/.test(name)) delete env[name]
  const child = spawn(program, args, { cwd, env })
  let said = ''
  let onSaid = () => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
      onSaid()
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, said }))
  })
  return {
    ended,
    said: () => said,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        onSaid = () => {
          const found = pattern.exec(said)?.[1]
          if (found !== undefined) resolve(found)
        }
        void ended.then(({ code }) => reject(new Error(`it ended with ${code}:\n${said}`)))
      }),
    stop: () => void child.kill('SIGTERM'),
  }
}

const NOT_STARTED: Started = {
  ended: Promise.resolve({ code: null, said: 'not started: the copy is being removed' }),
  said: () => '',
  until: () => Promise.reject(new Error('not started')),
  stop() {},
}
