/**
 * The commands of the course talk to localhost:3000. On the page they talk to the lab that serves it,
 * so that what is copied works on another port, and in a class against the class's own machine.
 */
const WRITTEN = 'localhost:3000'

export function putOwnAddress(): void {
  if (location.host === WRITTEN) return
  for (const code of document.querySelectorAll('pre code')) {
    const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const text = texts.currentNode as Text
      text.data = text.data.replaceAll(WRITTEN, location.host)
    }
  }
}
