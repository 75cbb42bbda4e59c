/** A pitfall, put together from a defect of lab/defects and from what people are told about it. */
import type { ClientDefect } from '../../defects/client/client-defect.ts'
import { alteredHub, type ServerDefect } from '../../defects/server/server-defect.ts'
import type { HttpTransport } from '../../server/transport-kit/server-transport.ts'
import type { Pitfall, PlantedServer } from '../../server/wires/pitfalls.ts'

export interface Halves {
  readonly server?: ServerDefect
  readonly client?: ClientDefect
  /** With the defect in it, where it lies in what the transport writes. */
  readonly transport?: HttpTransport
}

export type Words = Omit<Pitfall, 'client' | 'server' | 'defect' | 'redTest'>

export function pitfall(words: Words, { server, client, transport }: Halves): Pitfall {
  const defect = server ?? client
  if (!defect) throw new Error(`${words.name} has no defect`)
  return {
    ...words,
    ...{ defect: defect.name, redTest: defect.caughtBy },
    client: client !== undefined,
    server: server ? planted(server, transport) : null,
  }
}

const planted = ({ room, lab }: ServerDefect, transport?: HttpTransport): PlantedServer => ({
  ...(room && { hub: (hub, shutdown) => alteredHub(hub, (one) => room(one, shutdown)) }),
  ...(lab && { lab }),
  ...(transport && { transport }),
})
