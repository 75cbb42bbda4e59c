/** CPU time of the whole machine, and the part of it that is ours: their difference is what other programs take. */
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { programPids, runningPids } from '../processes/remote.ts'

export interface CpuTime {
  /** When it was read, in s. */
  readonly atS: number
  /** Of all cores since the machine was started, in s. */
  readonly busyS: number
  /** Of this process and of all that it has started, in s. */
  readonly ownS: number
}

/** `/proc` counts in hundredths of a second, whatever the kernel's own clock does (proc(5), `USER_HZ`). */
const TICKS_PER_S = 100

/**
 * Linux tells the CPU time of our children while they run; elsewhere it is known of this process alone, so it must be
 * read while no others of ours are at work.
 */
export const KNOWS_CHILDREN = process.platform === 'linux'

/** The number of cores that {@link CpuTime.busyS} is a sum over. */
export const coresOf = (): number => Math.max(1, cpus().length)

export function readCpuTime(): CpuTime {
  const atS = performance.now() / 1e3
  if (KNOWS_CHILDREN) {
    const busyS = ofMachine()
    if (busyS !== null) return { atS, busyS, ownS: ofOurs() }
  }
  const { user, system } = process.cpuUsage()
  const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys, 0)
  return { atS, busyS: busyMs / 1e3, ownS: (user + system) / 1e6 }
}

/**
 * User, nice, system and steal: the last is what a host takes from a virtual machine. Interrupts are left out: those
 * of the loopback interface are our own load, and belong to no process.
 */
function ofMachine(): number | null {
  const fields = /^cpu +(.*)$/m.exec(read('/proc/stat'))?.[1]?.split(' ').map(Number)
  if (!fields) return null
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = fields
  return (user + nice + system + steal) / TICKS_PER_S
}

/** With the children that have ended, whose time Linux adds to their parent's, and the kernel's for our packets. */
function ofOurs(): number {
  const [ownTicks, endedTicks] = ticksOf('self')
  const others = [...runningPids(), ...softirqThreads()].map((pid) => ticksOf(String(pid))[0])
  return (ownTicks + endedTicks + others.reduce((sum, ticks) => sum + ticks, ofPrograms())) / TICKS_PER_S
}

/** Of a program that has ended, what was seen last: Linux adds its time to its parent's, which has ended too. */
const ticksOfPrograms = new Map<number, number>()

function ofPrograms(): number {
  for (const pid of programPids()) {
    const [ticks] = ticksOf(String(pid))
    ticksOfPrograms.set(pid, Math.max(ticks, ticksOfPrograms.get(pid) ?? 0))
  }
  return [...ticksOfPrograms.values()].reduce((sum, ticks) => sum + ticks, 0)
}

/** Its own ticks, and those of its children that have ended: fields 14 to 17; the second is a name that may hold anything. */
function ticksOf(pid: string): readonly [own: number, ended: number] {
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15)
  return [user + system, endedUser + endedSystem]
}

let softirq: readonly string[] | null = null

/** Kernel threads that deliver packets when there are many: on this machine, those of the loopback interface. */
function softirqThreads(): readonly string[] {
  softirq ??= readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && read(`/proc/${name}/comm`).startsWith('ksoftirqd/'),
  )
  return softirq
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended since
  }
}
