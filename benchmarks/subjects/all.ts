/** Every subject, by name. Adding a peer means adding a file in peers/ and a line here. */
import { TRANSPORTS } from '../../transports/manifest.ts'
import { compressedSubject, isTransport, labSubject } from './lab.ts'
import type { Subject } from './subject.ts'

export const FLOOR = 'raw-tcp'

/** The lab's own again, with a setting that is off by default. */
export const VARIANTS = ['websocket-compressed'] as const

/** Other people's libraries that do the same work, each as its own documentation would set it up. */
export const PEERS = ['socket.io-websocket', 'socket.io-polling', 'ws', 'better-sse'] as const

/** What may be named on the command line, in the order of every table. */
export const SUBJECTS: readonly string[] = [FLOOR, ...TRANSPORTS, ...VARIANTS, ...PEERS]

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
