/** Frames: drawing once for all that has changed, and knowing when it was on the screen. */

let inViewSince = document.visibilityState === 'visible' ? 0 : Number.POSITIVE_INFINITY

document.addEventListener('visibilitychange', () => {
  inViewSince = document.visibilityState === 'visible' ? performance.now() : Number.POSITIVE_INFINITY
})

/** Since when the page has been in view without a break; Infinity while it is not. */
export const visibleSince = (): number => inViewSince

/** Often enough for a page out of sight. */
const HIDDEN_MS = 250
/** A frame that has not come by now will not: the page has gone out of view, or is covered. */
const MISSING_MS = 1_000

/** What the next frame draws. One callback for all: no lit element renders between two of them. */
const nextFrame = new Set<() => void>()

/**
 * Calls `draw` once, in the next frame, or a little later when no frames are made. All that ask for the same frame are called
 * before anything that they set off is rendered: they may read where things stand, and the browser lays out the page once.
 *
 * @param draw is told whether a frame will show what it draws
 */
export function inNextFrame(draw: (visible: boolean) => void): void {
  const hidden = document.visibilityState !== 'visible'
  const timer = setTimeout(() => finish(false), hidden ? HIDDEN_MS : MISSING_MS)
  const inFrame = () => finish(true)
  if (!hidden) {
    if (nextFrame.size === 0) requestAnimationFrame(drawAll)
    nextFrame.add(inFrame)
  }

  function finish(visible: boolean): void {
    nextFrame.delete(inFrame)
    clearTimeout(timer)
    draw(visible)
  }
}

function drawAll(): void {
  const all = [...nextFrame]
  nextFrame.clear()
  for (const draw of all) {
    try {
      draw()
    } catch (error) {
      reportError(error) // the others are drawn all the same
    }
  }
}

const { port1, port2 } = new MessageChannel()
const afterFrame: (() => void)[] = []
port2.onmessage = () => {
  for (const act of afterFrame.splice(0)) act()
}

/**
 * Calls `act` after the frame that is being prepared. Browsers draw right after the frame callbacks,
 * in the same task; so a task that is posted from a callback runs when the pixels have been handed
 * over. The screen itself shows them one refresh later, which no script can see.
 */
export function afterThisFrame(act: () => void): void {
  afterFrame.push(act)
  if (afterFrame.length === 1) port1.postMessage(null)
}
