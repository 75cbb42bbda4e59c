/** What the server under test costs: this process, or the program that it has started. */
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Program } from '../subjects/program.ts'
import type { Usage } from './apis.ts'

export interface Measured {
  readonly port: number
  /** Of the program, if it is another process. */
  readonly pid: number | null
  usage(): Usage
  /** Collects garbage, as far as that can be asked for. */
  collect(): void
  /** Cuts every connection without a word. @returns how many there were */
  cut(): number
}

export const measuredOf = (server: Server | Program): Measured =>
  'pid' in server ? measuredProgram(server) : measuredHere(server)

function measuredHere(server: Server): Measured {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return {
    port: (server.address() as AddressInfo).port,
    pid: null,
    usage() {
      const { user, system } = process.cpuUsage()
      return { cpuUs: user + system, rssBytes: process.memoryUsage.rss(), connections: sockets.size }
    },
    collect: () => globalThis.gc?.(),
    cut() {
      const { size } = sockets
      for (const socket of sockets) socket.resetAndDestroy()
      return size
    },
  }
}

function measuredProgram({ pid, port, publishers, collect }: Program): Measured {
  const cpuUs = cpuClockOf(pid)
  return {
    port,
    pid,
    usage: () => ({ cpuUs: cpuUs(), rssBytes: rssOf(pid), connections: connectionsTo(port) - publishers }),
    collect,
    cut() {
      throw new Error('the connections of another program cannot be cut from here')
    },
  }
}

/**
 * The first number of each thread's `schedstat` is its time on a CPU in ns; `stat` counts in steps of 10 ms, longer than some of
 * our windows. A thread that has ended takes its file along: what it had used by then is kept.
 */
function cpuClockOf(pid: number): () => number {
  const usedNs = new Map<string, number>()
  return () => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [ns] = read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')
      if (ns) usedNs.set(thread, Number(ns))
    }
    return [...usedNs.values()].reduce((sum, ns) => sum + ns, 0) / 1e3
  }
}

const rssOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1_024

/** Established, or closed by the other side and not yet by the program: the kernel's states 01 and 08. */
function connectionsTo(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return read('/proc/net/tcp')
    .split('\n')
    .filter((line) => {
      const [, address, , state] = line.trim().split(/ +/)
      return address === local && (state === '01' || state === '08')
    }).length
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended since
  }
}
