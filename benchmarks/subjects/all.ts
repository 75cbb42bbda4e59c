/** Every subject, by name. Adding a peer means adding a file in peers/ and a line here. */
import { TRANSPORTS } from '../../transports/manifest.ts'
import { isTransport, labSubject } from './lab.ts'
import type { Subject } from './subject.ts'

export const FLOOR = 'raw-tcp'

/** Other people's libraries that do the same work, each as its own documentation would set it up. */
export const PEERS = ['socket.io-websocket', 'socket.io-polling', 'ws', 'better-sse'] as const

/** What may be named on the command line, in the order of every table. */
export const SUBJECTS: readonly string[] = [FLOOR, ...TRANSPORTS, ...PEERS]

export async function loadSubject(name: string): Promise<Subject> {
  if (isTransport(name)) return labSubject(name)
  const file = (PEERS as readonly string[]).includes(name) ? `./peers/${name}.ts` : `./${name}.ts`
  const module = (await import(file)) as { default: Subject }
  return module.default
}
