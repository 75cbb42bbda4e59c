/**
 * A server that is a program of its own, and not JavaScript in the process that publishes. It is told what to carry as it
 * would be in production, over a connection; what that costs it is part of its figures. Linux tells its CPU time and memory.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { complain, leave } from '../../lab/command/terminal.ts'

export interface Program {
  readonly port: number
  readonly pid: number
  /** Connections to that port that are no reader's: by them it is told what to carry. */
  readonly publishers: number
  /** Frees memory that is no longer used, where the program can be told to. */
  collect(): void
  stop(): void
}

/** On Linux, where another process's CPU time stands to be read in ns, and with the tool that lets none outlive us. */
export const CAN_MEASURE_PROGRAMS =
  process.platform === 'linux' && ['/usr/bin/setpriv', '/bin/setpriv'].some((place) => existsSync(place))

export interface Started {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  stop(): void
}

/**
 * Starts a program that ends when this process ends, however that happens: the kernel kills it then (prctl(2),
 * `PR_SET_PDEATHSIG`, which `setpriv` sets before it becomes the program).
 */
export function startProgram(command: string, args: readonly string[]): Started {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const { pid, stdin, stdout } = child
  if (pid === undefined) throw new Error(`${command} cannot be started: is setpriv (util-linux) installed?`)
  // Its end is ours: a measurement against nothing would wait until it gives up.
  const die = (code: number | null, signal: string | null) => {
    complain(`${command} ended by itself (${signal ?? `exit code ${code}`})`)
    void leave(1)
  }
  child.once('exit', die)
  return {
    ...{ pid, stdin, stdout },
    stop() {
      child.off('exit', die)
      child.kill('SIGKILL')
    },
  }
}

/** A port for a program that cannot choose one by itself. Another could take it in between, and then the program says so. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address!.port : 0))
    })
  })
}
