/**
 * When a command is to end before it is done: on Ctrl-C, TERM and HUP alike, and when the npm that runs it has
 * gone. npm hands on INT and TERM, but not HUP, and of course not KILL: it ends, and what it had started would
 * live on without anybody to end it.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isAlive } from './temporary.ts'

export interface Ending {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'
  /** As shells have it: 128 and the signal's number. */
  readonly exitCode: number
}

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** How often it is looked whether npm is still there. */
const LOOK_EVERY_MS = 500

const PACKAGE = join(resolve(import.meta.dirname, '../..'), 'package.json')

/**
 * @param end is called once. After that, another signal ends the process at once, with its exit code
 * @param onHangUp is called for each HUP instead, if it is given, and says whether that was all
 * @returns a function that gives the signals back
 */
export function onEnding(end: (ending: Ending) => void, onHangUp: () => boolean = () => false): () => void {
  let isEnding = false
  const tell = (signal: Ending['signal']) => {
    const exitCode = EXIT_CODES[signal]
    if (isEnding) process.exit(exitCode)
    isEnding = true
    end({ signal, exitCode })
  }
  const listeners = {
    SIGINT: () => tell('SIGINT'),
    SIGTERM: () => tell('SIGTERM'),
    SIGHUP: () => {
      if (!onHangUp()) tell('SIGHUP')
    },
  }
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener)
  const forget = whenNpmIsGone(() => isEnding || tell('SIGHUP'))
  return () => {
    forget()
    for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener)
  }
}

/**
 * A process that has lost its parent is given another (POSIX, `_exit`). Between npm and us there is mostly a shell,
 * which waits for us and does not mind. Windows keeps the old parent's pid, and has no such signals either.
 */
function whenNpmIsGone(end: () => void): () => void {
  const { npm_lifecycle_event: event, npm_package_json: of } = process.env
  if (event === undefined || of !== PACKAGE || process.platform === 'win32') return () => {}
  const parent = process.ppid
  const shell = lineOf(parent)
  const isShell = shell !== null && /^(\S*\/)?(ba|da|a|z|k)?sh -c /.test(shell.command)
  const isGone = () => {
    if (process.ppid !== parent) return true
    return (
      isShell &&
      (process.platform === 'linux' ? lineOf(parent)?.parent !== shell.parent : !isAlive(shell.parent))
    )
  }
  const timer = setInterval(() => {
    if (!isGone()) return
    clearInterval(timer)
    end()
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

interface ProcessLine {
  readonly parent: number
  readonly command: string
}

/** What a process is, and who started it; null when the system does not tell. Linux has it in files (proc(5)). */
function lineOf(pid: number): ProcessLine | null {
  try {
    if (process.platform === 'linux') {
      const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      return {
        parent: Number(parent),
        command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
      }
    }
    const line = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' })
    const [, parent, command = ''] = /^\s*(\d+)\s+(.*)/.exec(line) ?? []
    return { parent: Number(parent), command }
  } catch {
    return null
  }
}
