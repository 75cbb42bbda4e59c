/**
 * A rush: more comes than can be read. While it lasts, a lane is drawn twenty times a second, and its newest lines only. To lay out two hundred lines in each of seven
 * lanes, frame by frame, takes the whole main thread at a hundred messages a second.
 */

/** Lines a second from which it is one: no reader keeps up with them. */
const RUSH_PER_SECOND = 10
/** How long is counted, in milliseconds; a rush is over so long after its last line. */
export const RUSH_SPAN_MS = 1_000
/** How often a lane is drawn in a rush, in milliseconds: to a reader it still flows. */
export const RUSH_DRAW_MS = 50
/** Lines that are drawn in a rush: more than a lane has in view. */
export const RUSH_LINES = 30

export interface Rush {
  /**
   * Whether there is one. Call it at each drawing, and {@link RUSH_SPAN_MS} after the last one that was in a rush.
   *
   * @param newest the key of the newest line; keys grow by one
   * @param now in milliseconds of the page's clock
   */
  look(newest: number, now: number): boolean
}

export function createRush(): Rush {
  let since = Number.NEGATIVE_INFINITY
  let from = 0
  let isOn = false
  return {
    look(newest, now) {
      const came = newest - from
      if (came > RUSH_PER_SECOND && now - since < RUSH_SPAN_MS) isOn = true
      if (now - since < RUSH_SPAN_MS && came >= 0) return isOn
      // A span is over; or another conversation has begun, whose keys begin again.
      isOn = came > (RUSH_PER_SECOND * (now - since)) / 1_000
      since = now
      from = newest
      return isOn
    },
  }
}
