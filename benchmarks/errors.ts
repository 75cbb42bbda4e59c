/** How a run can end otherwise than well, and with which exit code. */

export const EXIT = {
  fine: 0,
  /** A figure is worse than the baseline's, or a threshold is broken. */
  regression: 1,
  /** Wrong use: what is asked cannot be. */
  usage: 2,
  /** The instrument does not read what is known: no verdict on any transport. Or a subject failed: none on that one. */
  unmeasured: 3,
  /** Ctrl-C, as shells have it: 128 and the signal's number. */
  interrupted: 130,
} as const

export { UsageError } from '../lab/command/usage-error.ts'

/** The self-check failed: whatever would be measured could not be believed. */
export class SelfCheckFailed extends Error {}
