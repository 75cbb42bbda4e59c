/**
 * What the machine knows about the network and the page before any timer does: that the network is gone, that it
 * is back, that the page is looked at again. Handed in with the platform, so that a Node program may bring
 * signals of its own, or none, and a test gives them by hand.
 */
import { createListeners } from './listeners.ts'

/**
 * - `offline`: there is no network (WHATWG HTML §8.11.5). What is open carries nothing from now on.
 * - `online`: there is one again.
 * - `back`: the page is in view again, or runs again after it was frozen. Its timers were slow, or stood still.
 */
export type News = 'offline' | 'online' | 'back'

export interface Signals {
  /** False while the machine says that it has no network. True says little: the way may be broken behind it. */
  readonly isOnline: boolean
  /** The returned function takes the listener away. */
  onNews(listener: (news: News) => void): () => void
}

/** For a platform that tells nothing, as Node's. */
export const NO_SIGNALS: Signals = { isOnline: true, onNews: () => () => {} }

/** Signals that a program, or a test, gives itself. */
export function createSignals(isOnline = true): Signals & { tell(news: News): void } {
  const listeners = createListeners<News>()
  let online = isOnline
  return {
    get isOnline() {
      return online
    },
    onNews: listeners.add,
    tell(news) {
      if (news !== 'back') online = news === 'online'
      listeners.tell(news)
    },
  }
}
