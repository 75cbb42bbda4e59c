/** The defects of clients that a lane of a running lab can have, by the name of the pitfall (lab/app/pitfalls). */
import { deafToComments, oneFailureIsTheEnd, openIsBelieved, withoutJitter } from './alive.ts'
import { chunkIsAnEvent } from './chunks.ts'
import type { ClientDefect } from './client-defect.ts'
import { newIdForEachTry, sentIsReceived } from './drafts.ts'
import { sinceIgnored, startsOver } from './place.ts'
import { overlappingPolls } from './polls.ts'

export const CLIENT_DEFECTS: Readonly<Record<string, ClientDefect>> = {
  'overlapping-polls': overlappingPolls,
  'event-without-id': sinceIgnored,
  'gives-up': oneFailureIsTheEnd,
  'invisible-heartbeats': deafToComments,
  'chunk-is-an-event': chunkIsAnEvent,
  'open-is-believed': openIsBelieved,
  'no-jitter': withoutJitter,
  'new-id-for-each-try': newIdForEachTry,
  'starts-over': startsOver,
  'sent-is-received': sentIsReceived,
}
