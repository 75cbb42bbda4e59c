/** All demonstrations, in the order in which the course comes to them. */
import type { Given } from '../../../command/options/command-line.ts'
import { UsageError } from '../../../command/usage-error.ts'
import type { Demonstration } from '../demonstration.ts'
import type { LINE } from '../options.ts'
import { chunkIsAnEvent, crInAnEvent, mergedFrames, unboundedLine } from './framing.ts'
import { halfOpen } from './half-open.ts'
import { headOfLine } from './head-of-line.ts'
import { herd } from './herd.ts'
import { openLoop } from './loops.ts'
import { overlappingPolls, staleReply } from './polling.ts'
import { duplicateOnRetry, gapAfterRestart } from './promises.ts'
import { bufferingProxy, compressionHoldsBack } from './proxies.ts'
import { lostAcknowledgement } from './receipt.ts'
import { slowReader } from './slow-reader.ts'
import { lostWakeUp } from './waking.ts'

export const DEMONSTRATIONS: readonly Demonstration[] = [
  headOfLine,
  overlappingPolls,
  staleReply,
  herd,
  lostWakeUp,
  lostAcknowledgement,
  chunkIsAnEvent,
  unboundedLine,
  bufferingProxy,
  compressionHoldsBack,
  crInAnEvent,
  slowReader,
  mergedFrames,
  halfOpen,
  gapAfterRestart,
  duplicateOnRetry,
  openLoop,
]

/** @returns the one that was asked for; null for the list @throws UsageError for a name that is none, or a second one */
export function demonstrationOf({ values, operands }: Given<(typeof LINE)['options']>): Demonstration | null {
  const [name, second] = operands
  if (second !== undefined) throw new UsageError(`one at a time: ${JSON.stringify(second)} is a second name`)
  if (name === undefined || values.list) return null
  const found = DEMONSTRATIONS.find((one) => one.name === name)
  if (found) return found
  throw new UsageError(`there is no demonstration ${JSON.stringify(name)}; --list names them`)
}
