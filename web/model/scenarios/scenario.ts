/** A scenario: a question, guesses that sensible people make, and a run on the page's own lanes that answers it in figures. */
import type { CrowdResult } from '../../../lab/wires/control.ts'
import { DESCRIPTORS } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { LedgerRow } from '../ledger/page-ledger.ts'
import type { Reaction } from '../wires/reaction.ts'
import type { FaultChoice } from '../wires/wires-info.ts'

export interface Scenario {
  readonly id: string
  readonly title: string
  /** What will be done, so that a guess is about it and nothing else. */
  readonly plan: string
  readonly question: string
  readonly guesses: readonly string[]
  /** Faults that it makes, by name: where the lab cannot make them, it cannot be run. */
  readonly needs: readonly string[]
  /** Whether it takes the rights of a page on the server's machine, or of the teacher's token. */
  readonly needsAll?: true
  /** How long it takes at most, in seconds. */
  readonly seconds: number
  /** What is drawn of each lane while it runs; nothing unless given. */
  readonly scene?: 'game' | 'text'
  run(tools: Tools): Promise<Verdict>
}

export interface Verdict {
  /** Which guess the figures bear out; null when none does. */
  readonly right: number | null
  /** What was seen, in a sentence or two with figures of this run. */
  readonly words: string
  readonly columns: readonly string[]
  readonly rows: readonly VerdictRow[]
}

export interface VerdictRow {
  readonly lane: string
  readonly cells: readonly string[]
}

/** What a run can do. Each wait ends with an exception when the reader stops the run. */
export interface Tools {
  /** The transports' names, in the page's order; those that have a wire of their own, if faults are to be made. */
  readonly lanes: readonly string[]
  /** A new measurement on the whole page. */
  reset(): Promise<void>
  /** Publishes by no lane, messages per second of so many bytes, until the returned function is called: with how many there were. */
  traffic(perSecond: number, bytes: number): () => number
  /** Publishes so many messages at the same moment, by no lane; resolves when each is accepted, or refused. */
  burst(count: number, bytes: number): Promise<void>
  /** Publishes this text, by no lane. */
  publish(text: string): Promise<void>
  /** Has a lane send this text; resolves with how long it took, in milliseconds, or null when it was not accepted. */
  say(lane: string, text: string): Promise<number | null>
  /** Calls until the returned function is called, or the run ends. */
  every(ms: number, act: () => void): () => void
  /** What a lane has shown since the reset, the newest last. */
  texts(lane: string): readonly string[]
  /** HTTP requests of a lane, since the reset. */
  requests(lane: string): number
  /** Makes faults on all lanes; they end by themselves. */
  break(faults: readonly FaultChoice[], seconds: number): Promise<void>
  pause(ms: number): Promise<void>
  /** Waits until it holds, and no longer than so; returns whether it does. */
  until(holds: () => boolean, limitMs: number): Promise<boolean>
  /** What a lane did about the newest fault. */
  reaction(lane: string): Reaction | null
  /** How many messages a lane has shown, since the reset. */
  shown(lane: string): number
  latency(lane: string, quantile: number): number | null
  /** Has so many tabs of a transport wake at once, in the server's process. */
  crowd(lane: string, tabs: number): Promise<CrowdResult>
  /** Asks the server's log now. */
  ledger(): Promise<ReadonlyMap<string, LedgerRow>>
}

/** For what was said at the end to come in every lane, on a machine with other work too: a run ends as soon as it has. */
export const MOST_WAIT_MS = 30_000

/** Lanes that work by the same idea. */
export const FAMILIES = ['short polling', 'long polling', 'streams', 'sockets'] as const
export type Family = (typeof FAMILIES)[number]

/** The family of a lane, by its descriptor; null for one that chooses among others, and for one that is not known. */
export function familyOf(lane: string): Family | null {
  const about = DESCRIPTORS.get(lane as TransportName)
  if (about?.carriedBy !== 'http') return null
  switch (about.quiet.until) {
    case 'renewal':
      return 'short polling'
    case 'response':
      return 'long polling'
    case 'heartbeat':
      return about.keepsRequestOpen ? 'streams' : 'sockets'
    default:
      return null
  }
}

/** The family with the largest value; null when none has any. */
export function mostOf(lanes: readonly string[], figureOf: (lane: string) => number | null): Family | null {
  let most: Family | null = null
  let top = Number.NEGATIVE_INFINITY
  for (const lane of lanes) {
    const family = familyOf(lane)
    const value = figureOf(lane)
    if (family === null || value === null || value <= top) continue
    top = value
    most = family
  }
  return most
}
