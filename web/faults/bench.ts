/** What the panels of this folder share: the page's lanes, its wires, and what both have come to. */
import type { Platform } from '../../lab/client/platform.ts'
import type { Latencies } from '../model/figures/latencies.ts'
import type { Stopwatch } from '../model/figures/stopwatch.ts'
import type { Lane } from '../model/lane.ts'
import { createPageLedger, type PageLedger } from '../model/ledger/page-ledger.ts'
import { createStories, type Stories } from '../model/wires/stories.ts'
import type { Wires } from '../model/wires/wires.ts'

/** A lane of the page, as the panels see it. */
export interface PageLane {
  readonly name: string
  readonly title: string
  readonly short: string
  readonly place: number
  /** Null until its code has been loaded. */
  readonly lane: Lane | null
  readonly latencies: Latencies
}

/** What the page hands in: its own parts too, so that they lie in no file of their own for the sake of this folder's. */
export interface BenchPage {
  readonly platform: Platform
  readonly wires: Wires
  readonly lanes: () => readonly PageLane[]
  readonly room: () => string
  /** The page's own: what a panel publishes is timed in all lanes. */
  readonly stopwatch: Stopwatch
  /** Begins a new measurement on the whole page. */
  readonly reset: () => void
}

export interface Bench extends BenchPage {
  readonly stories: Stories
  readonly ledger: PageLedger
}

export function createBench(page: BenchPage): Bench {
  const { platform, wires } = page
  const ready = () => page.lanes().flatMap(({ name, lane }) => (lane ? [{ name, lane }] : []))
  return {
    ...page,
    wires,
    stories: createStories({
      wires,
      clock: platform.clock,
      signs: () => new Map(ready().map(({ name, lane }) => [name, lane.evidence.signs])),
    }),
    ledger: createPageLedger({
      platform,
      url: () => new URL(`/rooms/${page.room()}/messages`, location.origin),
      lanes: () =>
        ready().map(({ name, lane: { evidence, figures } }) => ({
          name,
          evidence,
          requests: figures.requests,
        })),
      connections: wires.connections,
    }),
  }
}
