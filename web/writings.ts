/** What was written on this page and not yet said: it stays with its room when another is looked at. */
import { createWritings } from './model/writing.ts'

const writings = createWritings()

/** @param url of the room under the lane's transport */
export const writingAt = (url: URL) => writings.of(url.href)

window.addEventListener('pagehide', () => writings.sleep())
document.addEventListener('freeze', () => writings.sleep())
document.addEventListener('resume', () => writings.wake())
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) writings.wake()
})
