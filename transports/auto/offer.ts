/** What a server offers, by its own list: `GET /transports`. */
import { request } from '../../lab/client/http.ts'
import type { OpenOptions } from '../../lab/client/transport.ts'

/**
 * Whether the server offers this transport. One that does not answers with the same `not-found` as for a room that one
 * may not know of, so it is asked before the one is taken for the other. A server without a list is believed.
 */
export async function isOffered(
  name: string,
  { baseUrl, platform, signal }: Pick<OpenOptions, 'baseUrl' | 'platform' | 'signal'>,
): Promise<boolean> {
  try {
    const url = new URL(baseUrl.href.replace(/\/transports\/[^/]+\/rooms\/[^/]+\/$/, '/transports'))
    const list: unknown = await (await request({ platform }, url, { signal })).json()
    const { transports } = list as { readonly transports: readonly { readonly name: unknown }[] }
    return transports.some((one) => one.name === name)
  } catch {
    return true
  }
}
