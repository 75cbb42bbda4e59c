import type { TransportName } from '../../transports/manifest.ts'
import type { Settings, Transport, TransportFactory } from './transport.ts'

/** The client half of a transport, by its folder's name. */
export async function loadTransport(name: TransportName, settings?: Settings): Promise<Transport> {
  const module = (await import(`../../transports/${name}/client.ts`)) as { default: TransportFactory }
  return module.default(settings)
}
