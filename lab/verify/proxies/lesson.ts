/** A lesson about a proxy: its published file, otherwise in a line or two, and what clients then see. */
import { afterEach, describe } from 'vitest'
import { installs, type OtherKind } from './kinds.ts'
import { find, skipLoudly } from './programs.ts'
import type { ProxyKind } from './proxy.ts'
import { openProxyBench, type ProxyBench } from './proxy-bench.ts'
import type { Change } from './published.ts'

export const ROOM = 'lesson'

const benches: ProxyBench[] = []
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.close()))
})

/**
 * Closed after the test that opens it.
 *
 * @param changes what is otherwise than published
 */
export async function open(kind: ProxyKind, changes: readonly Change[]): Promise<ProxyBench> {
  const bench = await openProxyBench(kind, { changes })
  benches.push(bench)
  return bench
}

/** The lessons about one proxy; skipped, and that is said aloud, where it is not installed. */
export function lessons(kind: ProxyKind | OtherKind, define: () => void): void {
  const isThere = 'packages' in kind ? installs(kind) : find(kind.program) !== null
  if (isThere) describe(kind.program, { timeout: 60_000 }, define)
  else skipLoudly(kind.program, 'packages' in kind ? kind.packages : kind.program)
}
