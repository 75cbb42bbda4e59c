/**
 * A rush: more comes than can be read. While it lasts, all lanes of a page are drawn together, twenty times a second at most, and their newest
 * lines only. To lay out two hundred lines in each of seven lanes, frame by frame, takes the whole main thread at a hundred messages a second.
 */

/** Lines a second from which it is one: no reader keeps up with them. */
const RUSH_PER_SECOND = 10
/** How long is counted, in milliseconds; a rush is over so long after its last line. */
export const RUSH_SPAN_MS = 1_000
/** How often a lane is drawn in a rush, in milliseconds: to a reader it still flows. */
export const RUSH_DRAW_MS = 50
/** All drawing in a rush takes one part of so many of the page's time at most: on a machine that is slow or busy it is drawn less often. */
const SHARE = 5
/** Lines that are drawn before it is known how many fill what is in view. */
const FIRST_LINES = 12
/** A few more than are in view, so that there is something to scroll to. */
const MORE_LINES = 2

/**
 * How many lines are drawn in a rush.
 *
 * @param height of what is in view of the conversation, in pixels
 * @param lineHeight of those that were drawn last, on average; 0 when there were none
 */
export const rushLines = (height: number, lineHeight: number): number =>
  lineHeight > 0 ? Math.ceil(height / lineHeight) + MORE_LINES : FIRST_LINES

/** @param took from its beginning until it was on the screen. @returns after how long the next may begin; both in milliseconds */
export const untilNextDraw = (took: number): number => Math.max(RUSH_DRAW_MS, SHARE * took)

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
