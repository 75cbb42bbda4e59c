/** What can be turned on the page: how far, from where, and in which words. */
import type { Settings } from '../../lab/client/transport.ts'
import { MAX_WAIT_S } from '../../lab/wire/limits.ts'
import { milliseconds, number } from '../words.ts'

export interface Knob {
  readonly label: string
  readonly min: number
  readonly max: number
  readonly usual: number
  readonly inWords: (value: number) => string
}

/** Settings of transports; in milliseconds, as the transports read them. */
export const TRANSPORT_KNOBS: Record<keyof Required<Settings>, Knob> = {
  intervalMs: { label: 'Poll interval', min: 100, max: 10_000, usual: 1_000, inWords: milliseconds },
  holdMs: { label: 'Hold time', min: 500, max: MAX_WAIT_S * 1_000, usual: 25_000, inWords: milliseconds },
}

/** Messages per second. The fastest is quicker than anyone reads and slower than any lane's limit. */
export const RATE: Knob = {
  label: 'Rate',
  min: 0.2,
  max: 50,
  usual: 2,
  inWords: (value) => `${number(value)} per second`,
}

/** Bytes of text. The smallest holds a number and a word. */
export const SIZE: Knob = {
  label: 'Size',
  min: 16,
  max: 16_384,
  usual: 64,
  inWords: (value) => `${number(value)} bytes`,
}
