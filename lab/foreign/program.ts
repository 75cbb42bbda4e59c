/** A client that is a program of its own: started, typed into, read, and ended. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { root } from '../checks/source-files.ts'

export interface Program {
  /** What it has printed, line by line. */
  readonly lines: readonly string[]
  /** What it has said besides: for a message, when a test fails. */
  readonly notes: () => string
  type(line: string): void
  /** Its exit code, when it has ended. */
  readonly ended: Promise<number | null>
  /** Closes its input, as Ctrl-D does. @returns its exit code */
  endInput(): Promise<number | null>
  kill(): void
}

/** @param more of its environment: another character set, say */
export function startProgram([program, ...args]: readonly string[], more: NodeJS.ProcessEnv = {}): Program {
  // In a process group of its own, so that what it has started ends with it.
  // Without a locale, Java writes a question mark for what is not ASCII.
  const env = { ...process.env, no_proxy: '*', LC_ALL: 'C.UTF-8', ...more }
  const child = spawn(program!, args, { cwd: root, detached: true, env })
  const lines: string[] = []
  let unfinished = ''
  let notes = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (unfinished + text).split('\n')
    unfinished = parts.pop()!
    lines.push(...parts)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (notes += text))
  child.stdin.on('error', () => {}) // it has ended before we have said all
  child.on('error', (error) => (notes += error.message))
  const ended = once(child, 'exit').then(
    ([code]) => code as number | null,
    () => null,
  )

  return {
    lines,
    notes: () => notes,
    ended,
    type: (line) => void child.stdin.write(`${line}\n`),
    endInput() {
      child.stdin.end()
      return ended
    },
    kill() {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended by itself, and all that it started.
      }
    },
  }
}
