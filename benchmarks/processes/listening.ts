/** An audience that is open: what it hears, and what that costs the server. */
import { type Histogram, mergeHistograms, unpackHistogram } from '../measure/histogram.ts'
import type { Settings } from '../settings.ts'
import type { Heard, LoadApi, Opened, Published, PublishInput, ServerApi } from './apis.ts'
import type { Remote } from './remote.ts'

/** An open audience, maybe spread over several load processes. */
export interface Listening {
  readonly count: number
  readonly seconds: number
  readonly first: Histogram
  readonly bytesIn: number
  readonly bytesOut: number
  /** Forgets what has been counted so far. */
  begin(): Promise<unknown>
  /** Publishes, waits until all has arrived or nothing more comes, and counts. */
  hear(
    input: Pick<PublishInput, 'messages' | 'perSecond'> & Partial<PublishInput> & { inTimeMs?: number },
  ): Promise<Window>
  /** Counts what happens without anything being said. */
  idle(seconds: number): Promise<Window>
  /** The latest moment at which a subscriber caught up, in ns; null when some never did. */
  caughtUp(number: number, timeoutMs: number): Promise<{ atNs: number | null; heard: Counts }>
  close(): Promise<void>
}

export type Counts = Pick<
  Heard,
  'received' | 'inTime' | 'duplicates' | 'missed' | 'requests' | 'broken' | 'bytesIn' | 'bytesOut'
>

export interface Window extends Counts {
  readonly expected: number
  readonly latencies: Histogram
  /** From the first intended sending to the last receipt. */
  readonly seconds: number
  /** The server's own CPU time. */
  readonly cpuUs: number
  /** How late the publisher was, p99. */
  readonly lateP99Us: number
  /** How busy the busiest load process was, in percent of a core. */
  readonly loadBusyPercent: number
}

/** Beyond the longest pause that a subscriber may rightly make. */
const QUIET_MS = 2_000

/** The share of an audience that one load process has. */
export interface Part {
  readonly process: Remote<LoadApi>
  readonly share: number
  readonly opened: Opened
}

export function listening(
  parts: readonly Part[],
  server: Remote<ServerApi>,
  { payload, pollMs }: Pick<Settings, 'payload' | 'pollMs'>,
): Listening {
  const count = sum(parts, ({ share }) => share)
  const begin = (inTimeMs = 0) =>
    Promise.all(
      parts.map(({ process, opened }) => process.call('begin', { audience: opened.audience, inTimeMs })),
    )
  const finish = (messages: number, quietMs: number) =>
    Promise.all(
      parts.map(({ process, share, opened }) =>
        process.call('finish', { audience: opened.audience, expected: messages * share, quietMs }),
      ),
    )

  return {
    count,
    seconds: Math.max(...parts.map(({ opened }) => opened.seconds)),
    first: mergeHistograms(parts.map(({ opened }) => unpackHistogram(opened.first))),
    bytesIn: sum(parts, ({ opened }) => opened.bytesIn),
    bytesOut: sum(parts, ({ opened }) => opened.bytesOut),

    begin,
    async hear({ inTimeMs, ...input }) {
      await begin(inTimeMs)
      const said = await server.call('publish', { burst: 1, payload, precise: false, ...input })
      const heard = await finish(said.messages, QUIET_MS + pollMs)
      const { cpuUs } = await server.call('usage')
      return windowOf(heard, count * said.messages, said, cpuUs)
    },
    async idle(seconds) {
      const before = await server.call('usage')
      await begin()
      // Unreferenced: a minute of waiting must not hold up a process that has been told to stop.
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000).unref())
      const heard = await finish(0, 0)
      const after = await server.call('usage')
      const said = { cpuUs: before.cpuUs, startedNs: 0, lateP99Us: 0 }
      return { ...windowOf(heard, 0, said, after.cpuUs), seconds: heard[0]!.wallUs / 1e6 }
    },
    async caughtUp(number, timeoutMs) {
      const ends = await Promise.all(
        parts.map(({ process, opened }) =>
          process.call('awaitNumber', { audience: opened.audience, number, timeoutMs }),
        ),
      )
      const heard = addUp(await finish(0, 0))
      if (ends.some(({ atNs }) => atNs === null)) return { atNs: null, heard }
      return { atNs: Math.max(...ends.map(({ atNs }) => atNs ?? 0)), heard }
    },
    async close() {
      await Promise.all(
        parts.map(({ process, opened }) => process.call('close', { audience: opened.audience })),
      )
      await untilGone(server)
    },
  }
}

/** The server forgets a connection when it hears of its end, which is not at once. */
async function untilGone(server: Remote<ServerApi>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if ((await server.call('usage')).connections === 0) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function windowOf(
  heard: readonly Heard[],
  expected: number,
  { cpuUs, startedNs, lateP99Us }: Pick<Published, 'cpuUs' | 'startedNs' | 'lateP99Us'>,
  cpuUsAfter: number,
): Window {
  return {
    ...addUp(heard),
    expected,
    latencies: mergeHistograms(heard.map(({ latencies }) => unpackHistogram(latencies))),
    seconds: (Math.max(...heard.map(({ lastNs }) => lastNs)) - startedNs) / 1e9,
    cpuUs: cpuUsAfter - cpuUs,
    lateP99Us,
    loadBusyPercent: Math.max(...heard.map(({ cpuUs, wallUs }) => (100 * cpuUs) / wallUs)),
  }
}

const addUp = (heard: readonly Heard[]): Counts => ({
  received: sum(heard, (one) => one.received),
  inTime: sum(heard, (one) => one.inTime),
  duplicates: sum(heard, (one) => one.duplicates),
  missed: sum(heard, (one) => one.missed),
  requests: sum(heard, (one) => one.requests),
  broken: sum(heard, (one) => one.broken),
  bytesIn: sum(heard, (one) => one.bytesIn),
  bytesOut: sum(heard, (one) => one.bytesOut),
})

const sum = <T>(items: readonly T[], of: (item: T) => number) =>
  items.reduce((total, item) => total + of(item), 0)
