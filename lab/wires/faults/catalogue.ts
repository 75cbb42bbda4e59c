/** All faults that happen on the way, in the order in which the page shows them. */
import { cut, cutAtByte } from './ending/cut.ts'
import { idleTimeout } from './ending/idle-timeout.ts'
import { refusal } from './ending/refusal.ts'
import { reset } from './ending/reset.ts'
import { silence } from './ending/silence.ts'
import type { Fault } from './fault.ts'
import { blockedUpgrade } from './http/blocked-upgrade.ts'
import { buffering } from './http/buffering.ts'
import { compressing } from './http/compressing.ts'
import { interception } from './http/interception.ts'
import { lostAcknowledgement } from './http/lost-acknowledgement.ts'
import { bandwidth } from './pace/bandwidth.ts'
import { latency } from './pace/latency.ts'
import { loss } from './pace/loss.ts'
import { slicing } from './pace/slicing.ts'
import { slowReader } from './pace/slow-reader.ts'

export const FAULTS: readonly Fault[] = [
  ...[cut, reset, cutAtByte, silence, refusal, idleTimeout],
  ...[buffering, compressing, blockedUpgrade, interception, lostAcknowledgement],
  ...[latency, bandwidth, loss, slicing, slowReader],
]
