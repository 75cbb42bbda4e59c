/**
 * What a transport did about a fault, and how long that took: read from the lane's own states, so that no transport
 * has to report on itself.
 */
import type { ConnectionState } from '../../../lab/client/chat-client.ts'

/** What is looked at of a lane. All times are the page's clock, in milliseconds. */
export interface LaneSigns {
  readonly status: ConnectionState['status']
  /** When its connection broke last; null when it never has. */
  readonly brokeAt: number | null
  /** When it was opened last. */
  readonly openedAt: number | null
  /** When anything came by it last. */
  readonly heardAt: number | null
  /** The number of the newest message that has come. */
  readonly newest: number
}

export interface Reaction {
  readonly startedAt: number
  /** Null while the fault is there. */
  readonly endedAt: number | null
  /** When the lane saw that its connection was broken; null when it has not, or was not. */
  readonly noticedAt: number | null
  /** When it was open again, alive, and had all that was said before the fault ended; null until then. */
  readonly healedAt: number | null
}

export interface Reacting extends Reaction {
  /** The newest message that any lane had when the fault ended: with it, a lane has caught up. */
  readonly target: number
}

export const startOf = (startedAt: number): Reacting => ({
  ...{ startedAt, endedAt: null, noticedAt: null, healedAt: null, target: 0 },
})

/** The fault is gone. @param newest of the messages that any lane has */
export const ended = (reaction: Reacting, at: number, newest: number): Reacting =>
  reaction.endedAt === null
    ? { ...reaction, endedAt: Math.max(at, reaction.startedAt), target: newest }
    : reaction

/** Looks at the lane again. Call it often; what it tells is exact all the same, as the lane keeps the times. */
export function look(
  reaction: Reacting,
  { status, brokeAt, openedAt, heardAt, newest }: LaneSigns,
): Reacting {
  const { startedAt, endedAt, target } = reaction
  const noticedAt = reaction.noticedAt ?? (brokeAt !== null && brokeAt >= startedAt ? brokeAt : null)
  const hasCaughtUp = endedAt !== null && status === 'open' && newest >= target
  if (reaction.healedAt !== null || !hasCaughtUp) return { ...reaction, noticedAt }
  // One that noticed has opened another connection. One that did not is believed when something comes by the old one.
  const proof = noticedAt === null ? after(heardAt, endedAt) : after(openedAt, noticedAt)
  return { ...reaction, noticedAt, healedAt: proof }
}

const after = (at: number | null, moment: number): number | null => (at !== null && at >= moment ? at : null)

/** From the fault to the lane's knowing, in milliseconds. */
export const noticeMs = ({ startedAt, noticedAt }: Reaction): number | null =>
  noticedAt === null ? null : noticedAt - startedAt

/** From the end of the fault to being well again, in milliseconds; 0 for a lane that was well before. */
export const healMs = ({ endedAt, healedAt }: Reaction): number | null =>
  endedAt === null || healedAt === null ? null : Math.max(0, healedAt - endedAt)
