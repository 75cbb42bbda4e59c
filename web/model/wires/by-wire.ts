/** A lane's platform when its wire is a port of its own. */
import type { Platform } from '../../../lab/client/platform.ts'

/**
 * A port of its own is another origin, to which `fetch` sends no cookie unless told to. The ports of one host are one
 * site, so the cookie goes along by its own rule (SameSite, RFC 6265bis §5.2), as a WebSocket's always does. What says
 * itself what it wants, as the unsigned traffic does, keeps it.
 */
export function byWire(platform: Platform): Platform {
  return {
    ...platform,
    fetch: (input, init) => platform.fetch(input, { credentials: 'include', ...init }),
  }
}
