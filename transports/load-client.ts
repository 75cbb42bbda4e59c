import type { Settings, Transport, TransportFactory } from '../lab/client/transport.ts'
import type { TransportName } from './manifest.ts'

interface ClientModule {
  readonly default: TransportFactory
}

/** Those that are here. To import a module a second time takes a browser a task of its own, between two frames. */
const modules = new Map<TransportName, Promise<ClientModule>>()

/**
 * The client half of a transport, by its folder's name.
 *
 * @throws whatever importing it throws; the next call then tries again
 */
export async function loadClient(name: TransportName, settings?: Settings): Promise<Transport> {
  const loading = modules.get(name) ?? (import(`./${name}/client.ts`) as Promise<ClientModule>)
  modules.set(name, loading)
  try {
    return (await loading).default(settings)
  } catch (thrown) {
    modules.delete(name)
    throw thrown
  }
}
