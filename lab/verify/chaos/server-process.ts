/** A server as a process of its own, so that it can be killed as the power cut kills it: in mid-sentence. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { startChild } from '../../command/children.ts'
import { root } from '../rules/source-files.ts'

export interface ServerProcess {
  /** Where it listens now; null while it is down. */
  readonly port: number | null
  /** Where its transports listen that have a port of their own, by name; empty while it is down. */
  readonly tcpPorts: ReadonlyMap<string, number>
  start(): Promise<void>
  /** SIGKILL: nothing is said and nothing is written any more. */
  kill(): Promise<void>
  /** As Ctrl-C does it. */
  stop(): Promise<void>
  /** Stands still, as a machine does that has no time: the system accepts connections, and no program answers. */
  freeze(): void
  thaw(): void
}

const START_LIMIT_MS = 60_000
const TCP_PORT = /^(\S+) listens at tcp:\/\/127\.0\.0\.1:(\d+)$/gm

/**
 * @param command a TypeScript file that starts a server and prints its address, and what it is told; or what gives that for each start
 * @param temporary folders that the server removes when we have been killed
 */
export function createServerProcess(
  command: readonly string[] | (() => readonly string[]),
  temporary: readonly string[] = [],
): ServerProcess {
  let child: ChildProcess | null = null
  let port: number | null = null
  let tcpPorts: ReadonlyMap<string, number> = new Map()

  async function end(signal: 'SIGKILL' | 'SIGINT'): Promise<void> {
    const ending = child
    child = null
    if (signal === 'SIGKILL') port = null
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = once(ending, 'exit')
    ending.kill(signal)
    await ended
    port = null
  }

  return {
    get port() {
      return port
    },
    get tcpPorts() {
      return port === null ? new Map() : tcpPorts
    },
    async start() {
      const starting = startChild(typeof command === 'function' ? command() : command, {
        cwd: root,
        detached: true, // a Ctrl-C at the terminal is meant for us: it must not reach the server by itself
        stdout: 'pipe',
        stderr: 'pipe',
        remove: temporary,
      })
      child = starting
      let said = ''
      port = await new Promise<number>((resolve, reject) => {
        const limit = setTimeout(
          () => reject(new Error(`the server did not start:\n${said}`)),
          START_LIMIT_MS,
        )
        starting.on('exit', (code) => {
          clearTimeout(limit)
          reject(new Error(`the server ended with ${code}:\n${said}`))
        })
        starting.stderr!.on('data', (data) => (said += data))
        starting.stdout!.on('data', (data) => {
          said += data
          const found = /http:\/\/localhost:(\d+)\n/.exec(said)
          if (!found) return
          clearTimeout(limit)
          tcpPorts = new Map(Array.from(said.matchAll(TCP_PORT), ([, name, at]) => [name!, Number(at)]))
          resolve(Number(found[1]))
        })
      })
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGINT'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  }
}
