/** The server halves of the manifest's transports. Node only: `load-client.ts` is what a browser loads. */
import type { ServerTransport } from '../lab/server/transport-kit/server-transport.ts'
import { DESCRIPTORS } from './descriptors.ts'
import { TRANSPORTS } from './manifest.ts'

/** @returns each transport's `server.ts`, by name, in the manifest's order */
export async function loadServers(): Promise<ReadonlyMap<string, ServerTransport>> {
  const loaded = new Map<string, ServerTransport>()
  for (const name of TRANSPORTS) {
    // One that chooses among others has no server half of its own.
    if (typeof DESCRIPTORS.get(name)?.carriedBy === 'object') continue
    const module = (await import(`./${name}/server.ts`)) as { default: ServerTransport }
    loaded.set(name, module.default)
  }
  return loaded
}
