/** Begins when an element is so far below the edge of the window. */
const NEAR = '400px'

/**
 * Calls `act` once, when the reader has scrolled near the element: what is far down a page need not be fetched
 * while what is at its top is being opened. The returned function calls it off.
 */
export function whenNear(element: Element, act: () => void): () => void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      observer.disconnect()
      act()
    },
    { rootMargin: NEAR },
  )
  observer.observe(element)
  return () => observer.disconnect()
}
