/** The transports that TCP carries, of which this server listens for some: they have no lane on the page, and can be written to. */
import { request } from '../../lab/client/http.ts'
import type { Platform } from '../../lab/client/platform.ts'
import { DESCRIPTORS } from '../../transports/descriptors.ts'

export interface Listener {
  readonly name: string
  readonly title: string
}

/** As much of `GET /transports` as is asked for here. */
interface Offered {
  readonly name: string
  readonly at?: object | null
}

/** None when the server does not say. */
export async function tcpListeners(
  platform: Pick<Platform, 'fetch'>,
  origin: string,
): Promise<readonly Listener[]> {
  try {
    const response = await request({ platform }, new URL('/transports', origin), {})
    const { transports } = (await response.json()) as { readonly transports: readonly Offered[] }
    return transports.flatMap(({ name, at }) => {
      const about = [...DESCRIPTORS].find(([one]) => one === name)?.[1]
      return at && about?.carriedBy === 'tcp' ? [{ name, title: about.title }] : []
    })
  } catch {
    return []
  }
}
