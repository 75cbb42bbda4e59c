/**
 * What moves before a first visitor has done anything: one message a second in a room of their own, for a minute at
 * most. By the page and not by the server: latency is measured only of what the page has published, and what moves must
 * stop with the page (docs/decisions/062-a-room-that-moves.md).
 */
import type { Platform } from '../../../lab/client/platform.ts'
import type { Stopwatch } from '../figures/stopwatch.ts'
import { createTraffic } from './traffic.ts'

/** Messages per second: each is seen on its own, and costs less than one of the six lanes' polls. */
const RATE = 1
/** Bytes of text. */
const SIZE = 32
export const MOVES_FOR_MS = 60_000

export type Stop =
  /** The reader has asked their system for less motion, and nothing has moved yet. */
  | 'less motion'
  /** {@link MOVES_FOR_MS} have passed. */
  | 'time'
  | 'hidden'
  /** A click or a keystroke in the page. */
  | 'reader'
  /** The server did not take a message. */
  | 'refused'

export type MotionState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'moving' }
  | { readonly kind: 'stopped'; readonly why: Stop }

export interface MotionOptions {
  readonly platform: Platform
  readonly stopwatch: Stopwatch
  /** Where to POST. */
  readonly url: () => URL
  readonly onChange: () => void
}

export type Motion = ReturnType<typeof createMotion>

export function createMotion({ platform, stopwatch, url, onChange }: MotionOptions) {
  let state: MotionState = { kind: 'waiting' }
  let callOff = () => {}
  const traffic = createTraffic({
    ...{ platform, stopwatch, url, rate: () => RATE, bytes: () => SIZE },
    onChange() {
      if (traffic.isUnwanted || traffic.failed > 0) stop('refused')
    },
  })

  function become(next: MotionState): void {
    state = next
    onChange()
  }

  function stop(why: Stop): void {
    const isLess = why === 'less motion' && state.kind === 'waiting'
    if (state.kind !== 'moving' && !isLess) return
    callOff()
    traffic.pause()
    become({ kind: 'stopped', why })
  }

  return {
    get state() {
      return state
    },
    /** By itself only once; by the reader as often as they like. */
    start() {
      if (state.kind === 'moving') return
      traffic.reset()
      callOff = platform.clock.after(MOVES_FOR_MS, () => stop('time'))
      traffic.start()
      become({ kind: 'moving' })
    },
    stop,
  }
}
