/** All pitfalls that a visitor of a running lab can put into a lane, in the order in which the page shows them. */
import type { Pitfall } from '../../server/wires/pitfalls.ts'
import { ANY_LANE } from './any-lane.ts'
import { POLLING } from './polling.ts'
import { STREAMING } from './streams.ts'

export const PITFALLS: readonly Pitfall[] = [...POLLING, ...STREAMING, ...ANY_LANE]
