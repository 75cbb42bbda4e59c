/** Everything that decides what a run measures. The two profiles are the defaults; the options change single ones. */
import type { HeaderStyle } from '../lab/client/load/reader.ts'

export const SCENARIO_NAMES = ['latency', 'connect', 'idle', 'wire', 'fan-out', 'request', 'storm'] as const
export type ScenarioName = (typeof SCENARIO_NAMES)[number]

export interface Settings {
  readonly profile: 'quick' | 'full'
  /** The floor first, then the lab's transports, then peers. */
  readonly subjects: readonly string[]
  readonly scenarios: readonly ScenarioName[]
  readonly seed: number
  readonly repeat: number
  /** Bytes of text in one message. */
  readonly payload: number
  /** Short polling: from one answer to the next question. */
  readonly pollMs: number
  readonly headers: HeaderStyle

  readonly latency: {
    readonly subscribers: number
    readonly deliveriesPerSecond: number
    readonly seconds: number
  }
  readonly connect: { readonly connections: number; readonly atOnce: number }
  readonly idle: { readonly connections: number; readonly seconds: number }
  readonly wire: {
    readonly subscribers: number
    readonly messagesPerSecond: readonly number[]
    readonly seconds: number
  }
  readonly fanOut: {
    readonly subscribers: readonly number[]
    readonly deliveriesPerSecond: number
    readonly seconds: number
    /** With which numbers of subscribers bursts are measured. */
    readonly burstsAt: 'all' | 'most' | 'none'
    /** Deliveries per second that are offered, whether or not they can be carried; 1,000 subscribers. */
    readonly offered: readonly number[]
  }
  readonly request: { readonly connections: number; readonly seconds: number }
  readonly storm: { readonly connections: number; readonly messages: number }
}

type Profile = Omit<Settings, 'profile' | 'subjects' | 'seed'>

/** All transports and the floor within 90 s on two cores: what the summary's table is made of. */
const QUICK: Profile = {
  scenarios: ['latency', 'connect', 'idle', 'wire', 'fan-out'],
  repeat: 3,
  payload: 120,
  pollMs: 1_000,
  headers: 'browser',
  latency: { subscribers: 100, deliveriesPerSecond: 10_000, seconds: 0.5 },
  connect: { connections: 200, atOnce: 20 },
  idle: { connections: 1_000, seconds: 1 },
  wire: { subscribers: 20, messagesPerSecond: [1, 10, 100], seconds: 0.5 },
  fanOut: {
    subscribers: [100, 1_000],
    deliveriesPerSecond: 25_000,
    seconds: 0.25,
    burstsAt: 'none',
    offered: [],
  },
  request: { connections: 10, seconds: 0.3 },
  storm: { connections: 300, messages: 10 },
}

/** As far as file descriptors allow, long enough for heartbeats and held polls to be seen. */
const FULL: Profile = {
  ...QUICK,
  scenarios: SCENARIO_NAMES,
  latency: { subscribers: 100, deliveriesPerSecond: 10_000, seconds: 3 },
  connect: { connections: 2_000, atOnce: 50 },
  idle: { connections: 2_000, seconds: 62 },
  // All subjects at once: with twenty of them, more readers than these keep two cores busy, and are cut as too slow.
  wire: { subscribers: 20, messagesPerSecond: [0.5, 1, 5, 20, 100], seconds: 10 },
  fanOut: {
    subscribers: [100, 1_000, 9_500],
    deliveriesPerSecond: 25_000,
    seconds: 1.5,
    burstsAt: 'all',
    offered: [200_000, 800_000],
  },
  request: { connections: 10, seconds: 2 },
  storm: { connections: 2_000, messages: 20 },
}

export const PROFILES: Readonly<Record<Settings['profile'], Profile>> = { quick: QUICK, full: FULL }

/** What the quick profile takes at most, on a machine that lets it: of the lab's transports, and with peers. */
const QUICK_LIMIT_S = { alone: 90, withPeers: 150 }
/** Writing the report, and ending the processes. */
const END_S = 3
/** Of the time that was planned, so much more may go into measuring disturbed rounds again. */
const MORE = 0.25

/**
 * The time from the first measurement in which rounds may be measured again, in s.
 *
 * @param plannedS what the run takes if nothing disturbs it
 */
export function timeLimitS({ profile }: Settings, plannedS: number, hasPeers = false): number {
  const limit = plannedS * (1 + MORE)
  const quickS = QUICK_LIMIT_S[hasPeers ? 'withPeers' : 'alone'] - END_S
  return profile === 'quick' && plannedS < quickS ? Math.min(limit, quickS) : limit
}

/** Of the process's file descriptors, these are for its own files, pipes and listeners. */
const SPARE_DESCRIPTORS = 100

/**
 * Lowers what needs more sockets than a process may open.
 *
 * @returns the settings, and a note for each that was lowered
 */
export function withinDescriptors(
  settings: Settings,
  descriptors: number,
): { readonly settings: Settings; readonly notes: readonly string[] } {
  const notes: string[] = []
  const limit = (count: number, what: ScenarioName, subjects = 1): number => {
    const most = Math.max(1, Math.floor((descriptors - SPARE_DESCRIPTORS) / subjects))
    if (count <= most) return count
    if (!settings.scenarios.includes(what)) return most
    notes.push(
      `${what}: ${count.toLocaleString('en')} connections asked for, ${most.toLocaleString('en')} possible ` +
        `with ${descriptors.toLocaleString('en')} file descriptors (ulimit -n)`,
    )
    return most
  }
  // In these two, one load process has the subscribers of all subjects at the same time.
  const together = settings.subjects.length
  const { latency, connect, idle, wire, fanOut, storm } = settings
  return {
    settings: {
      ...settings,
      latency: { ...latency, subscribers: limit(latency.subscribers, 'latency') },
      connect: { ...connect, connections: limit(connect.connections, 'connect') },
      idle: { ...idle, connections: limit(idle.connections, 'idle', together) },
      wire: { ...wire, subscribers: limit(wire.subscribers, 'wire', together) },
      fanOut: {
        ...fanOut,
        subscribers: [...new Set(fanOut.subscribers.map((count) => limit(count, 'fan-out')))],
      },
      storm: { ...storm, connections: limit(storm.connections, 'storm') },
    },
    notes,
  }
}
