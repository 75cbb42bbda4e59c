/** The browser, as the chat client sees it. */
import { type Platform, systemClock } from '../lab/client/platform.ts'

export const browserPlatform: Platform = {
  fetch: (...args) => fetch(...args), // not `fetch` itself, which refuses to be called as a method of this object
  WebSocket,
  clock: systemClock,
  random: Math.random,
}
