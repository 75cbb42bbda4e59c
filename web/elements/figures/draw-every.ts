/** A reader whose system is set to less motion gets one change a second. */
const LESS_MOTION_MS = 1_000

/** Calls `draw` every `ms` milliseconds, or less often if the reader wants less motion; the returned function ends it. */
export function drawEvery(ms: number, draw: () => void): () => void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)')
  let timer = start()
  calm.addEventListener('change', restart)

  function start() {
    return setInterval(draw, calm.matches ? Math.max(ms, LESS_MOTION_MS) : ms)
  }
  function restart(): void {
    clearInterval(timer)
    timer = start()
  }
  return () => {
    clearInterval(timer)
    calm.removeEventListener('change', restart)
  }
}
