/** What runs where, for the terminal. */
import type { Cluster } from './cluster.ts'
import type { Program } from './machine/program.ts'

/** @returns lines: what it is, its address, its process */
export function tableOf({ port, front, servers, engines }: Cluster): string[] {
  const row = ({ name, pid }: Program, address: string) => [name, address, String(pid ?? '')]
  const rows = [
    ['what', 'address', 'pid'],
    row(front, `http://localhost:${port}`),
    ...servers.map((one) => row(one.program, `http://127.0.0.1:${one.port}`)),
    ...engines.map((one) => row(one.program, one.address)),
  ]
  const widths = [0, 1].map((column) => Math.max(...rows.map((cells) => cells[column]!.length)))
  return rows.map((cells) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '))
}
