/**
 * Calling a function in another process, over Node's IPC channel.
 *
 * The two ends share an interface of plain functions, so a call here and its handler there are
 * checked against the same types. A call is answered, or rejected when the process has died.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { buildFolder } from '../../lab/command/build-folder.ts'
import { BUILD_VARIABLE } from '../../lab/command/compiled/place.js'

/** Functions of one argument, or none, that the other process offers. */
export type Api<T> = { [K in keyof T]: (input: never) => unknown }

type Input<T, K extends keyof T> = T[K] extends (input: infer I) => unknown ? I : never
type Output<T, K extends keyof T> = T[K] extends (input: never) => infer O ? Awaited<O> : never

export interface Remote<T> {
  readonly pid: number
  call<K extends keyof T & string>(
    name: K,
    ...input: unknown extends Input<T, K> ? [] : [Input<T, K>]
  ): Promise<Output<T, K>>
  /** Says that the process has started another, whose CPU time is ours too. */
  owns(pid: number): void
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>
}

interface Question {
  readonly id: number
  readonly name: string
  readonly input: unknown
}
type Answer = { readonly id: number } & ({ readonly output: unknown } | { readonly error: string })

/** The other process ended while it was needed. The message says which, how, and its last words. */
export class ProcessDied extends Error {}

/** How much of a dying process's last words is shown, in characters. */
const LAST_WORDS = 2_000
/** A process that has been told to end and has not is killed after this long. */
const STOP_MS = 2_000

/** All that run: an interrupt between starting one and noting it down leaves none behind. */
const running = new Set<ChildProcess>()

export const runningPids = (): readonly number[] => [...running].flatMap(({ pid }) => pid ?? [])

/** Programs that they have started in turn, those that have ended included. */
const programs = new Set<number>()

export const programPids = (): ReadonlySet<number> => programs

export async function stopAllProcesses(): Promise<void> {
  await Promise.all([...running].map(stopProcess))
}

/**
 * @param title names the process in errors: `the server of sse`
 * @param flags of Node itself, as `--expose-gc`
 */
export function startProcess<T extends Api<T>>(
  title: string,
  file: string,
  flags: readonly string[] = [],
): Remote<T> {
  const child = spawn(process.execPath, [...flags, file], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // It is compiled, and so it lies elsewhere: by itself it would take another folder for ours.
    env: { ...process.env, [BUILD_VARIABLE]: buildFolder() },
  })
  running.add(child)
  child.once('close', () => running.delete(child))
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  let lastWords = ''
  let death: ProcessDied | null = null
  let nextId = 1

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS)
  })
  child.on('message', (answer: Answer) => {
    const caller = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('error' in answer) caller?.reject(new Error(`${title}: ${answer.error}`))
    else caller?.resolve(answer.output as never)
  })
  child.on('error', (error) => die(error.message))
  child.on('close', (code, signal) => die(`ended by itself (${signal ?? `exit code ${code}`})`))

  function die(how: string): void {
    death ??= new ProcessDied(`${title} ${how}${lastWords ? `\n${lastWords.trim()}` : ''}`)
    for (const { reject } of waiting.values()) reject(death)
    waiting.clear()
  }

  return {
    pid: child.pid ?? 0,
    call(name, ...input) {
      return new Promise((resolve, reject) => {
        if (death) return reject(death)
        const id = nextId++
        waiting.set(id, { resolve, reject })
        const question: Question = { id, name, input: input[0] }
        child.send(question, (error) => error && die(`cannot be reached: ${error.message}`))
      })
    },
    owns: (pid) => void programs.add(pid),
    stop: () => stopProcess(child),
  }
}

/** A process ends by itself when its parent lets go of the channel; see {@link offer}. */
function stopProcess(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve()
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    child.once('exit', () => {
      clearTimeout(killing)
      resolve()
    })
    if (child.connected) child.disconnect()
  })
}

/** The other end: answers calls with `handlers`, and ends this process when the parent is gone. */
export function offer<T extends Api<T> & object>(handlers: T): void {
  process.on('message', async ({ id, name, input }: Question) => {
    let answer: Answer
    try {
      const handler: unknown = Reflect.get(handlers, name)
      if (typeof handler !== 'function') throw new Error(`there is no ${name} here`)
      answer = { id, output: await handler(input) }
    } catch (error) {
      answer = { id, error: error instanceof Error ? error.message : String(error) }
    }
    if (process.connected) process.send?.(answer)
  })
  process.on('disconnect', () => process.exit(0))
  // Ctrl-C reaches the whole group. The parent decides what happens, and then lets go of us.
  process.on('SIGINT', () => {})
}
