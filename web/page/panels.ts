/** The panels of the lab page that are fetched when a reader opens one: they are not wanted in the first view. */
import { html, nothing } from 'lit'
import type { Bench, BenchPage } from '../faults/bench.ts'
import { wires } from '../faults/wires.ts'
import { browserPlatform } from '../platform.ts'
import type { LabSettings } from './settings.ts'

type WireSettings = Pick<LabSettings, 'onePort' | 'silence'>

export interface PanelsPage extends Omit<BenchPage, 'platform' | 'wires'> {
  /** Those of the page, as they are now. */
  readonly settings: Readonly<WireSettings>
  readonly onSettings: (changed: Partial<WireSettings>) => void
  /** Something to be drawn has changed. */
  readonly onChange: () => void
}

interface Head {
  readonly id: string
  readonly title: string
  readonly says: string
}

const BREAK: Head = {
  ...{ id: 'break', title: 'Break the network' },
  says: 'cut, silence or delay any lane, and see what it does about it',
}
const LEDGER: Head = {
  ...{ id: 'ledger', title: 'Ledger' },
  says: 'what each lane has delivered, lost and doubled, compared with the server’s log',
}

const SCENARIOS: Head = {
  ...{ id: 'scenarios', title: 'Scenarios' },
  says: 'a question, your guess, and the answer in figures of these lanes',
}

const COMPOSE: Head = {
  ...{ id: 'compose', title: 'Raw composer' },
  says: 'edit a request or a frame, right or wrong, send it, and see what the server answers',
}

export function createPanels(page: PanelsPage) {
  /** Null until the panels' code is here. */
  let bench: Bench | null = null
  let problem: string | null = null

  async function load(): Promise<void> {
    page.onChange()
    if (bench) return
    try {
      const { createBench } = await import('../faults/parts.ts')
      bench ??= createBench({ ...page, platform: browserPlatform, wires })
      problem = null
    } catch {
      problem = 'This could not be loaded. Is the server running?'
    }
    page.onChange()
  }
  // Also one that another user has set: a fault is shown on the lane that it is on.
  wires.onChange(() => {
    if (wires.info.active.length > 0) void load()
  })

  /** Only what is open is drawn: a closed panel asks the server nothing. */
  const panel = ({ id, title, says }: Head, draw: (bench: Bench) => unknown) =>
    html`<details class="panel" id=${id} @toggle=${load}>
      <summary><b>${title}</b> <span>${says}</span></summary>
      ${bench && isOpen(id) ? draw(bench) : html`<p role="status">${problem ?? nothing}</p>`}
    </details>`

  return {
    breaking: () =>
      panel(
        BREAK,
        (bench) => html`<break-panel
          .bench=${bench}
          .onePort=${page.settings.onePort}
          .silence=${page.settings.silence}
          @setting=${({ detail }: CustomEvent<Partial<WireSettings>>) => page.onSettings(detail)}
        ></break-panel>`,
      ),
    scenarios: () => panel(SCENARIOS, (bench) => html`<scenario-list .bench=${bench}></scenario-list>`),
    composing: () =>
      panel(COMPOSE, (bench) => {
        // An element of that name is drawn when its code is here.
        void import('../composer/raw-composer.ts').catch(() => {})
        return html`<raw-composer .bench=${bench}></raw-composer>`
      }),
    ledger: () => panel(LEDGER, (bench) => html`<lane-ledger .bench=${bench}></lane-ledger>`),
    /** What stands on a lane about its faults. */
    onLane: (lane: string) =>
      bench ? html`<lane-faults slot="faults" .bench=${bench} .lane=${lane}></lane-faults>` : nothing,
    onReset: () => bench?.ledger.reset(),
  }
}

const isOpen = (id: string): boolean =>
  document.querySelector<HTMLDetailsElement>(`details#${id}`)?.open ?? false
