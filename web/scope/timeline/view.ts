/**
 * Which stretch of time is in view: live, stopped, or a replay. Pure: all times are handed in.
 *
 * Marks carry the server's clock. What the page knows of that clock is the time that came with the news; between two
 * of them its own clock goes on, and of several guesses the latest wins, since news can only be late.
 */

export type Mode =
  | { readonly kind: 'live' }
  | { readonly kind: 'stopped'; readonly end: number }
  /** From `from` on at `speed`, begun when the page's clock said `began`. */
  | { readonly kind: 'replay'; readonly from: number; readonly began: number; readonly speed: number }

/** How much time is in view, in milliseconds; each zoom is a step in this list. */
export const SPANS = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000] as const
export const USUAL_SPAN = 10_000

/** How much of the timeline its reader has in view. */
export interface Look {
  /** Milliseconds: one of {@link SPANS}. */
  readonly span: number
  /** Each connection has a line of its own. */
  readonly isTall: boolean
  /** The table beside the canvas. */
  readonly hasTable: boolean
}
export const USUAL_LOOK: Look = { span: USUAL_SPAN, isTall: false, hasTable: false }
/** Slow enough to see a request leave, and its answer come. */
export const REPLAY_SPEED = 0.1
/** Live is drawn so late that what is drawn has come. */
const LAG_MS = 120

export interface View {
  readonly span: number
  readonly mode: Mode
  /** The server's time at the right edge. */
  endAt(pageNow: number): number
  /** The server's clock, as far as it is known. */
  serverNow(pageNow: number): number
  hear(serverNow: number, pageNow: number): void
  zoom(by: 1 | -1, pageNow: number, around?: number): void
  /** @param span one of {@link SPANS} */
  zoomTo(span: number): void
  stop(pageNow: number): void
  live(): void
  replay(pageNow: number): void
  /** Moves what is in view so that this time is well within it. */
  show(time: number, pageNow: number): void
  moveBy(ms: number, pageNow: number): void
}

export function createView(): View {
  let span: number = USUAL_SPAN
  let mode: Mode = { kind: 'live' }
  /** How far the server's clock is before the page's. */
  let ahead = Number.NEGATIVE_INFINITY

  const serverNow = (pageNow: number) => (Number.isFinite(ahead) ? pageNow + ahead : 0)
  function endAt(pageNow: number): number {
    if (mode.kind === 'stopped') return mode.end
    const live = serverNow(pageNow) - LAG_MS
    if (mode.kind === 'live') return live
    return Math.min(live, mode.from + (pageNow - mode.began) * mode.speed)
  }

  return {
    get span() {
      return span
    },
    get mode() {
      return mode
    },
    endAt,
    serverNow,
    hear(now, pageNow) {
      const guess = now - pageNow
      // A clock that was set back, or a server that was moved, is believed after all.
      ahead = Math.abs(guess - ahead) > 5_000 ? guess : Math.max(ahead, guess)
    },
    zoom(by, pageNow, around) {
      const index = SPANS.findIndex((one) => one >= span)
      const next = SPANS[Math.min(SPANS.length - 1, Math.max(0, index + by))]!
      const end = endAt(pageNow)
      // What is pointed at stays where it is; live stays live.
      if (around !== undefined && mode.kind !== 'live')
        mode = { kind: 'stopped', end: around + ((end - around) / span) * next }
      span = next
    },
    zoomTo(wanted) {
      span = wanted
    },
    stop(pageNow) {
      mode = { kind: 'stopped', end: endAt(pageNow) }
    },
    live() {
      mode = { kind: 'live' }
    },
    replay(pageNow) {
      // What is in view passes again, from its beginning: it stands at the right edge when it begins.
      const end = endAt(pageNow)
      const from = mode.kind === 'stopped' ? end : end - span
      mode = { kind: 'replay', from, began: pageNow, speed: REPLAY_SPEED }
    },
    show(time, pageNow) {
      const end = endAt(pageNow)
      const isInView = time > end - span * 0.95 && time < end - span * 0.02
      mode = { kind: 'stopped', end: isInView ? end : time + span / 2 }
    },
    moveBy(ms, pageNow) {
      mode = { kind: 'stopped', end: Math.min(serverNow(pageNow), endAt(pageNow) + ms) }
    },
  }
}
