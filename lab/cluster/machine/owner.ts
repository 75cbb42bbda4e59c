/** Whose a port is: on Linux, the system says which process listens there. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const LISTENING = '0A'

/**
 * Whether a process of this group listens at the port, on any address of this machine.
 *
 * @returns null where it cannot be known: on another system, or when no process is to be seen that listens there
 */
export function isOfGroup(port: number, group: number): boolean | null {
  const inodes = listenersAt(port)
  if (inodes.size === 0) return null
  let isSeen = false
  for (const pid of processes()) {
    if (!socketsOf(pid).some((inode) => inodes.has(inode))) continue
    if (groupOf(pid) === group) return true
    isSeen = true
  }
  return isSeen ? false : null
}

/** The sockets that listen there, by the numbers of their inodes (proc(5), `/proc/net/tcp`). */
function listenersAt(port: number): Set<string> {
  const found = new Set<string>()
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of textOf(file).split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
      if (state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port) found.add(inode)
    }
  return found
}

const processes = (): number[] => namesIn('/proc').map(Number).filter(Number.isInteger)

function socketsOf(pid: number): string[] {
  return namesIn(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      return [] // it is closed
    }
  })
}

/** The fifth field; the second is a name in brackets, which may hold anything (proc(5), `/proc/pid/stat`). */
function groupOf(pid: number): number | null {
  const [, , group] = textOf(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? []
  return group === undefined ? null : Number(group)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // there is none, or it has ended
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
