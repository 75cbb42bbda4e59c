/**
 * What breaks the network in a live part: the lab page's own switches, for the lanes and the faults of this chapter, what
 * stands on each lane about its fault, and the ledger that says what it has cost. Fetched when such a part starts.
 */
import { html, nothing } from 'lit'
import { type BenchPage, createBench } from '../../../../web/faults/bench.ts'
import '../../../../web/faults/break-panel.ts'
import '../../../../web/faults/lane-faults.ts'
import { wires } from '../../../../web/faults/wires.ts'
import { SILENCE } from '../../../../web/page/slider-settings.ts'
import { browserPlatform } from '../../../../web/platform.ts'

export interface LiveFaultsPage extends Omit<BenchPage, 'platform' | 'wires'> {
  /** The faults of which this chapter speaks, by name; none, where the part only has the ledger. */
  readonly faults: readonly string[]
  /** Whether each lane is held against the server's log, below the lanes. */
  readonly hasLedger: boolean
  readonly onChange: () => void
}

export type LiveFaults = Awaited<ReturnType<typeof createLiveFaults>>

/** Resolves when it is known where the lanes are. */
export async function createLiveFaults({ faults, hasLedger, onChange, ...page }: LiveFaultsPage) {
  if (hasLedger) await import('../../../../web/faults/ledger/lane-ledger.ts')
  const bench = createBench({ ...page, platform: browserPlatform, wires })
  const few = {
    ...bench,
    wires: {
      ...wires,
      get info() {
        return {
          ...wires.info,
          faults: wires.info.faults.filter(({ name }) => faults.includes(name)),
          presets: [],
        }
      },
    },
  }
  let onePort = false
  let silence = SILENCE.usual
  await wires.ready()

  return {
    get silence(): number {
      return silence
    },
    /** The origin of the lane's own port; '' when it goes by the server's. */
    viaOf(lane: string): string {
      const origin = wires.originOf(lane)
      return onePort || origin === location.origin ? '' : origin
    },
    breaking: () =>
      faults.length === 0
        ? nothing
        : html`<break-panel
        .bench=${few}
        .onePort=${onePort}
        .silence=${silence}
        @setting=${({ detail }: CustomEvent<{ onePort?: boolean; silence?: number }>) => {
          onePort = detail.onePort ?? onePort
          silence = detail.silence ?? silence
          onChange()
        }}
      ></break-panel>
      ${wires.info.single ? html`<p>${HOW_TO_START}</p>` : nothing}`,
    ledger: () => (hasLedger ? html`<lane-ledger .bench=${bench}></lane-ledger>` : nothing),
    /** The ledger counts from now. */
    onReset: () => bench.ledger.reset(),
    onLane: (lane: string) => html`<lane-faults slot="faults" .bench=${bench} .lane=${lane}></lane-faults>`,
    /** Tells {@link LiveFaultsPage.onChange} when the lanes have other ports; until it is called. */
    stop: wires.onChange(onChange),
  }
}

const HOW_TO_START =
  'Stop the lab, start it without that option (npm start), and reload this page: then each lane has a wire.'
