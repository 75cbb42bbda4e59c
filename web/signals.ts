/** What the browser tells of the network and of the page, as the chat client hears it. */
import { createListeners } from '../lab/client/listeners.ts'
import type { News, Signals } from '../lab/client/signals.ts'

const listeners = createListeners<News>()
const tell = (news: News) => () => listeners.tell(news)

window.addEventListener('offline', tell('offline'))
window.addEventListener('online', tell('online'))
// The ways in which a page comes back: to the front, from the freezer, and from the browser's memory of pages.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') listeners.tell('back')
})
document.addEventListener('resume', tell('back'))
window.addEventListener('pageshow', tell('back'))

export const browserSignals: Signals = {
  get isOnline() {
    return navigator.onLine
  },
  onNews: listeners.add,
}
