/** What a case of the contract is. */
import type { HubOptions } from '../../hub/hub.ts'
import type { TestBench } from '../kit/test-bench.ts'
import type { Need } from './subject.ts'

/** One promise that every transport keeps. */
export interface Case {
  /** A sentence that is true of every transport. */
  readonly name: string
  /** For the author of a transport that fails it: what a user would see, and where to look. */
  readonly why: string
  readonly needs?: readonly Need[]
  /** Other limits for the room than the usual ones. */
  readonly hub?: HubOptions
  /** Whether the room has a store, whose disk the case can fill: `bench.disk`. */
  readonly store?: true
  /** Resolves when the promise is kept, throws when it is not. */
  run(bench: TestBench): Promise<void>
}
