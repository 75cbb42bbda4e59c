/** The server halves of the manifest's transports. Node only: `load-client.ts` is what a browser loads. */

import { hasServer } from '../lab/client/descriptor.ts'
import type { ServerTransport } from '../lab/server/transport-kit/server-transport.ts'
import { DESCRIPTORS, leftOut, PROBLEMS, problemWithLoading } from './descriptors.ts'
import { TRANSPORTS } from './manifest.ts'

export interface LoadedServers {
  /** The `server.ts` of each transport that has one, by name, in the manifest's order. */
  readonly servers: ReadonlyMap<string, ServerTransport>
  /** Those that are left out, descriptor or server half: one line for each, by name. */
  readonly problems: ReadonlyMap<string, string>
}

/** One folder that cannot be used keeps none of the others from being served. */
export async function loadServers(): Promise<LoadedServers> {
  const servers = new Map<string, ServerTransport>()
  const problems = new Map<string, string>(
    TRANSPORTS.filter((name) => !DESCRIPTORS.has(name)).map((name, index) => [name, PROBLEMS[index]!]),
  )
  for (const [name, descriptor] of DESCRIPTORS) {
    if (!hasServer(descriptor)) continue
    try {
      const module = (await import(`./${name}/server.ts`)) as { default?: ServerTransport }
      if (module.default === undefined)
        problems.set(name, leftOut(name, 'server.ts', 'must export its server half by default'))
      else servers.set(name, module.default)
    } catch (error) {
      problems.set(name, leftOut(name, 'server.ts', problemWithLoading(name, 'server.ts', error as Error)))
    }
  }
  return { servers, problems }
}
