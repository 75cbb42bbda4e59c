/** Every subject, by name. Adding a peer means adding a file in peers/ and a line here. */
import { TRANSPORTS } from '../../transports/manifest.ts'
import { compressedSubject, isTransport, labSubject } from './lab.ts'
import type { Subject } from './subject.ts'

export const FLOOR = 'raw-tcp'

/** The lab's own again, with a setting that is off by default. */
export const VARIANTS = ['websocket-compressed'] as const

/** Other people's servers that do the same work, each as its own documentation would set it up. Some may be absent. */
export const PEERS = [
  ...(['socket.io-websocket', 'socket.io-polling', 'ws', 'better-sse', 'sockjs', 'bun'] as const),
  ...(['nchan-sse', 'nchan-websocket', 'nchan-long-polling'] as const),
] as const

/** Those that the quick profile has time for: of nchan, the one that differs most from the others. */
export const QUICK_PEERS: readonly string[] = PEERS.filter(
  (name) => name !== 'nchan-websocket' && name !== 'nchan-long-polling',
)

/** What may be named on the command line, in the order of every table. */
export const SUBJECTS: readonly string[] = [FLOOR, ...TRANSPORTS, ...VARIANTS, ...PEERS]

/** A peer that does not come with the lab and is not here, and how to get it. */
export interface Absent {
  readonly name: string
  readonly how: string
}

/** Those of `names` that can be measured here, and the others. */
export async function loadSubjects(
  names: readonly string[],
): Promise<{ readonly subjects: readonly Subject[]; readonly absent: readonly Absent[] }> {
  const all = await Promise.all(names.map(loadSubject))
  const found = all.map((subject) => ({ subject, how: subject.absent?.() ?? null }))
  return {
    subjects: found.flatMap(({ subject, how }) => (how === null ? subject : [])),
    absent: found.flatMap(({ subject: { name }, how }) => (how === null ? [] : { name, how })),
  }
}

/** A line for each way to get some that are absent. */
export function absentInWords(absent: readonly Absent[]): string[] {
  const ways = new Map<string, string[]>()
  for (const { name, how } of absent) ways.set(how, [...(ways.get(how) ?? []), name])
  return [...ways].map(
    ([how, names]) => `left out: ${names.join(', ')}; to have ${names.length > 1 ? 'them' : 'it'}: ${how}`,
  )
}

export async function loadSubject(name: string): Promise<Subject> {
  if (isTransport(name)) return labSubject(name)
  if ((VARIANTS as readonly string[]).includes(name)) return compressedSubject(name)
  // Each path in its place, and not in a variable: a bundler must see what may be meant.
  const loading = (PEERS as readonly string[]).includes(name)
    ? import(`./peers/${name}.ts`)
    : name === FLOOR
      ? import('./raw-tcp.ts')
      : import('./stub.ts')
  const module = (await loading) as { default: Subject }
  return module.default
}
