import type { Settings, Transport, TransportFactory } from '../lab/client/transport.ts'
import type { TransportName } from './manifest.ts'

/** The client half of a transport, by its folder's name. */
export async function loadClient(name: TransportName, settings?: Settings): Promise<Transport> {
  const module = (await import(`./${name}/client.ts`)) as { default: TransportFactory }
  return module.default(settings)
}
