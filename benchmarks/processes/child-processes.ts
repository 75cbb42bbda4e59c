/** For tests: which of the bench's processes a parent has. From /proc, since not every machine has `ps`. */
import { readdirSync, readFileSync } from 'node:fs'

export const HAS_PROC = process.platform === 'linux'

/** @param kind the file that such a process runs, or a part of its path */
export function childrenOf(parent: number, kind: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => parentOf(pid) === parent && commandOf(pid).includes(kind)).map(Number)
}

/** The fourth field; the second is a name in parentheses that may hold anything (proc(5)). */
function parentOf(pid: string): number | null {
  const stat = read(`/proc/${pid}/stat`)
  return stat === '' ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

const commandOf = (pid: string) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended since
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
