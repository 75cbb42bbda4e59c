/**
 * Counting requests where they leave. The transports are handed their fetch and their WebSocket,
 * so what counts them is handed in too, and no transport has to report on itself.
 */
import type { Platform } from '../../../lab/client/platform.ts'

/** A platform like `platform`; `onRequest` is called for each HTTP request, a WebSocket handshake being one. */
export function countRequests(platform: Platform, onRequest: () => void): Platform {
  return {
    ...platform,
    fetch: (...args) => {
      onRequest()
      return platform.fetch(...args)
    },
    WebSocket: new Proxy(platform.WebSocket, {
      construct(target, [url]: [string | URL]) {
        onRequest()
        return new target(url)
      },
    }),
  }
}
