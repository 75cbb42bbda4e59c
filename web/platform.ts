/** The browser, as the chat client sees it. */
import { createCommonBackoff } from '../lab/client/backoff.ts'
import { type Platform, systemClock } from '../lab/client/platform.ts'
import { browserSignals } from './signals.ts'

export const browserPlatform: Platform = {
  fetch: (...args) => fetch(...args), // not `fetch` itself, which refuses to be called as a method of this object
  WebSocket,
  clock: systemClock,
  random: Math.random,
  signals: browserSignals,
}

/** One for all lanes of the page: which of them comes back first is then no matter of dice. */
export const commonBackoff = createCommonBackoff(systemClock, Math.random)
